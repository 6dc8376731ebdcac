import { expectTexts, invalid } from './check-options.ts'
import { deviceLogin, type DeviceLoginOptions } from './device-login.ts'
import type { GrantedToken } from './granted-token.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import { type RefreshTokenOptions, refreshTokenGrant } from './grants/refresh-token.ts'
import { smtpScopes } from './scopes.ts'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.ts'

interface MicrosoftApp {
  /** The application (client) id of the app registration. */
  readonly clientId: string
  /** The requested scope. Default: sending by SMTP. */
  readonly scope?: string | undefined
  /** The URL of Microsoft Entra; national clouds have their own. @default 'https://login.microsoftonline.com' */
  readonly authority?: string | undefined
}

/** Options of `microsoftClientCredentials`. */
export interface MicrosoftClientCredentialsOptions extends MicrosoftApp, TokenSourceOptions {
  /** The directory (tenant) id, or a domain of the tenant. */
  readonly tenant: string
  /** The value of a client secret, not its id. */
  readonly clientSecret: string
}

/** Options of `microsoftRefreshToken`. */
export interface MicrosoftRefreshTokenOptions extends MicrosoftApp, TokenSourceOptions, Pick<RefreshTokenOptions, 'clientSecret' | 'refreshToken' | 'onRefreshToken'> {
  /** The directory (tenant) id or a domain of the tenant; `common` for every account. @default 'common' */
  readonly tenant?: string | undefined
}

/** Options of `microsoftDeviceLogin`. */
export interface MicrosoftDeviceLoginOptions extends MicrosoftApp, Pick<MicrosoftRefreshTokenOptions, 'tenant'>, Omit<DeviceLoginOptions, 'deviceEndpoint' | 'tokenEndpoint' | 'scope' | 'clientId'> {}

const AUTHORITY = 'https://login.microsoftonline.com'

/** Aliases for several tenants. Client credentials belong to one tenant. */
const shared: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers'])

/**
 * Gets a refresh token for `microsoftRefreshToken` by the login of a person on another device. The app registration needs the
 * delegated permission `SMTP.Send`, and has to allow public client flows.
 *
 * @throws OAuth2Error, or the signal's reason
 * @throws SettingsError for options that cannot be used
 * @example
 * const { refreshToken } = await microsoftDeviceLogin({
 *   clientId,
 *   onCode: ({ verificationUri, userCode }) => console.log(`Open ${verificationUri} and enter ${userCode}.`),
 * })
 */
export async function microsoftDeviceLogin({ tenant = 'common', scope = smtpScopes.microsoftUser, authority, ...options }: MicrosoftDeviceLoginOptions): Promise<GrantedToken> {
  return await deviceLogin({ deviceEndpoint: endpointOf(tenant, authority, 'devicecode'), tokenEndpoint: endpointOf(tenant, authority), scope, ...options })
}

/**
 * Tokens for Microsoft 365 with client credentials: the app logs in as itself. It needs the application permission
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
 * Tokens for Microsoft 365 and Outlook.com with the refresh token of a user. Microsoft rotates the refresh token with each
 * use: store the one that `onRefreshToken` receives.
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

function endpointOf(tenant: string, authority = AUTHORITY, name = 'token'): string {
  expectTexts({ tenant, authority })
  if (!/^[\w.-]+$/.test(tenant)) invalid({ path: 'tenant', message: 'should be the id or a domain of the tenant.' })
  return `${authority.replace(/\/+$/, '')}/${tenant}/oauth2/v2.0/${name}`
}
