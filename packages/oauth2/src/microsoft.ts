import { expectTexts, invalid } from './check-options.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { type RefreshTokenOptions, refreshTokenGrant } from './grants/refresh-token.ts'
import { smtpScopes } from './scopes.ts'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'

interface MicrosoftApp {
  /** The application (client) id of the app registration. */
  readonly clientId: string
  /** What the token is for. Default: sending by SMTP. */
  readonly scope?: string | undefined
  /** Where Microsoft Entra is: another one in national clouds. @default 'https://login.microsoftonline.com' */
  readonly authority?: string | undefined
}

/** An app that logs in by itself. */
export interface MicrosoftClientCredentialsOptions extends MicrosoftApp, TokenSourceOptions {
  /** The directory (tenant) id, or a domain of the tenant. */
  readonly tenant: string
  /** The value of a client secret, not its id. */
  readonly clientSecret: string
}

/** A user who once signed in. */
export interface MicrosoftRefreshTokenOptions extends MicrosoftApp, TokenSourceOptions, Pick<RefreshTokenOptions, 'clientSecret' | 'refreshToken' | 'onRefreshToken'> {
  /** The directory (tenant) id or a domain of the tenant; `common` for every account. @default 'common' */
  readonly tenant?: string | undefined
}

const AUTHORITY = 'https://login.microsoftonline.com'

/** Tenants that stand for many: an app that logs in by itself belongs to one. */
const shared: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers'])

/**
 * Tokens for Microsoft 365 that an app gets by itself, with its client secret. The app needs the application permission
 * `SMTP.SendAsApp` of Office 365 Exchange Online with admin consent, and in Exchange a service principal with access to the mailbox.
 *
 * @throws SettingsError for options that cannot be used
 * @example
 * const accessToken = microsoftClientCredentials({ tenant, clientId, clientSecret })
 * createTransport({ host: 'smtp.office365.com', auth: { user: 'app@contoso.com', accessToken } })
 */
export function microsoftClientCredentials({ tenant, clientId, clientSecret, scope = smtpScopes.microsoftApp, authority, ...options }: MicrosoftClientCredentialsOptions): TokenSource {
  if (shared.has(tenant)) invalid({ path: 'tenant', message: `should be the id or a domain of one tenant, not "${tenant}".` })
  return createTokenSource(clientCredentialsGrant({ tokenEndpoint: endpointOf(tenant, authority), clientId, clientSecret, scope }), options)
}

/**
 * Tokens for Microsoft 365 and Outlook.com on behalf of a user who once signed in. Microsoft replaces the refresh token with
 * each use: keep what `onRefreshToken` is called with.
 *
 * @throws SettingsError for options that cannot be used
 * @example
 * const accessToken = microsoftRefreshToken({ clientId, refreshToken, onRefreshToken: (token) => store.save(token) })
 */
export function microsoftRefreshToken({
  tenant = 'common',
  clientId,
  clientSecret,
  refreshToken,
  onRefreshToken,
  scope = smtpScopes.microsoftUser,
  authority,
  ...options
}: MicrosoftRefreshTokenOptions): TokenSource {
  return createTokenSource(refreshTokenGrant({ tokenEndpoint: endpointOf(tenant, authority), clientId, clientSecret, refreshToken, onRefreshToken, scope }), options)
}

function endpointOf(tenant: string, authority = AUTHORITY): string {
  expectTexts({ tenant, authority })
  if (!/^[\w.-]+$/.test(tenant)) invalid({ path: 'tenant', message: 'should be the id or a domain of the tenant.' })
  return `${authority.replace(/\/+$/, '')}/${tenant}/oauth2/v2.0/token`
}
