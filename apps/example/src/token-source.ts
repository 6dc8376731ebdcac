import { readFileSync, writeFileSync } from 'node:fs'
import type { Locale } from '@postern/core'
import { clientCredentialsGrant, createTokenSource, googleRefreshToken, googleServiceAccount, microsoftClientCredentials, microsoftRefreshToken, type TokenSource, type TokenSourceOptions } from '@postern/oauth2'

/** Environment variables that are set. */
type Values = Readonly<Record<string, string>>

interface Login {
  /** The variables that select it. */
  readonly variables: readonly string[]
  readonly create: (values: Values, user: string, options: TokenSourceOptions) => TokenSource
}

/** `npx postern login` gets the refresh tokens. `ENTRA_AUTHORITY` and `GOOGLE_TOKEN_ENDPOINT` are for tests. */
const logins: readonly Login[] = [
  {
    variables: ['ENTRA_CLIENT_ID', 'ENTRA_REFRESH_TOKEN_FILE'],
    create: (env, _, options) =>
      microsoftRefreshToken({
        ...options,
        clientId: env.ENTRA_CLIENT_ID!,
        clientSecret: env.ENTRA_CLIENT_SECRET || undefined,
        tenant: env.ENTRA_TENANT || undefined,
        authority: env.ENTRA_AUTHORITY,
        refreshToken: readFileSync(env.ENTRA_REFRESH_TOKEN_FILE!, 'utf8').trim(),
        // Microsoft replaces it with each use.
        onRefreshToken: (token) => writeFileSync(env.ENTRA_REFRESH_TOKEN_FILE!, token, { mode: 0o600 }),
      }),
  },
  {
    variables: ['ENTRA_CLIENT_ID', 'ENTRA_CLIENT_SECRET', 'ENTRA_TENANT'],
    create: (env, _, options) =>
      microsoftClientCredentials({ ...options, clientId: env.ENTRA_CLIENT_ID!, clientSecret: env.ENTRA_CLIENT_SECRET!, tenant: env.ENTRA_TENANT!, authority: env.ENTRA_AUTHORITY }),
  },
  {
    variables: ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET', 'GOOGLE_REFRESH_TOKEN'],
    create: (env, _, options) =>
      googleRefreshToken({ ...options, clientId: env.GOOGLE_CLIENT_ID!, clientSecret: env.GOOGLE_CLIENT_SECRET!, refreshToken: env.GOOGLE_REFRESH_TOKEN!, tokenEndpoint: env.GOOGLE_TOKEN_ENDPOINT }),
  },
  {
    variables: ['GOOGLE_SERVICE_ACCOUNT_FILE'],
    create: (env, user, options) => googleServiceAccount({ ...options, key: readFileSync(env.GOOGLE_SERVICE_ACCOUNT_FILE!, 'utf8'), user, tokenEndpoint: env.GOOGLE_TOKEN_ENDPOINT }),
  },
  {
    variables: ['OAUTH2_TOKEN_ENDPOINT', 'OAUTH2_CLIENT_ID', 'OAUTH2_CLIENT_SECRET', 'OAUTH2_SCOPE'],
    create: (env, _, options) =>
      createTokenSource(
        clientCredentialsGrant({ tokenEndpoint: env.OAUTH2_TOKEN_ENDPOINT!, clientId: env.OAUTH2_CLIENT_ID!, clientSecret: env.OAUTH2_CLIENT_SECRET!, scope: env.OAUTH2_SCOPE! }),
        options,
      ),
  },
]

/** The source of OAuth2 tokens that the environment selects, for Microsoft 365, Google or another server; undefined without one. */
export function tokenSourceFrom(env: NodeJS.ProcessEnv, user: string, locale: Locale): TokenSource | undefined {
  return logins.find(({ variables }) => variables.every((name) => env[name]))?.create(env as Values, user, { locale })
}
