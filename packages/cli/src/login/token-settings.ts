import { inspect } from 'node:util'
import type { Account } from './accounts.ts'
import type { Client } from './client.ts'

/** Settings to paste. They have no secrets. */
interface TokenSettings {
  /** JavaScript, in lines. */
  readonly code: readonly string[]
  /** Variables for the environment, or a file `.env`. */
  readonly variables: readonly string[]
}

/** The settings for an app that logs in with the refresh token: from its file if there is one, which is kept up to date. */
export function tokenSettings({ prefix, host, tokenSource, needsSecret }: Account, { clientId, tenant }: Client, file: string | undefined): TokenSettings {
  const path = file !== undefined && inspect(file)
  return {
    code: [
      `const accessToken = ${tokenSource}({`,
      ...(tenant === undefined ? [] : [`  tenant: process.env.${prefix}_TENANT,`]),
      `  clientId: process.env.${prefix}_CLIENT_ID,`,
      ...(needsSecret ? [`  clientSecret: process.env.${prefix}_CLIENT_SECRET,`] : []),
      ...(path
        ? [`  refreshToken: readFileSync(${path}, 'utf8'),`, `  onRefreshToken: (token) => writeFileSync(${path}, token, { mode: 0o600 }),`]
        : [`  refreshToken: process.env.${prefix}_REFRESH_TOKEN,`]),
      '})',
      `createTransport({ host: '${host}', auth: { user: process.env.SMTP_USER, accessToken } })`,
    ],
    variables: ['SMTP_USER=', ...(tenant === undefined ? [] : [`${prefix}_TENANT=${tenant}`]), `${prefix}_CLIENT_ID=${clientId}`, ...(needsSecret ? [`${prefix}_CLIENT_SECRET=`] : [])],
  }
}
