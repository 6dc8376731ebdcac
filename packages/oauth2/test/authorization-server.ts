import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { vi } from 'vitest'
import { smtpScopes } from '../src/scopes.ts'

/** A mailbox, and apps that may get tokens for it. */
export const user = 'ada@contoso.example'
export const app = { clientId: 'the-app', clientSecret: 'kumquat-client-secret' } as const
export const publicApp = { clientId: 'public-app' } as const
export const tenant = 'contoso.example'

/** Seconds for which tokens are valid. */
export const lifetimes = { access: 3_600, refresh: 86_400, deviceCode: 100 } as const

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })

/** The key file of a service account. */
export const serviceAccount = { type: 'service_account', client_email: 'robot@project.example', private_key: rsa.privateKey, private_key_id: 'key-1' } as const

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'
const tokenPath = `/${tenant}/oauth2/v2.0/token`
const devicePath = `/${tenant}/oauth2/v2.0/devicecode`
const googlePath = '/google/token'

/**
 * A real OAuth2 server in this process: it issues tokens, lets them expire with `Date`, rotates refresh tokens and revokes
 * them. Signed requests of a service account are the only part that is added here.
 */
export class AuthorizationServer implements AsyncDisposable {
  /** The grant type of each request, in order, and its outcome. */
  readonly requests: string[] = []
  /** Called with each access token. */
  onIssued: (accessToken: string) => void = () => {}
  /** What is answered in place of the server, while it is set. */
  outage: { readonly status: number; readonly error?: string; readonly headers?: Readonly<Record<string, string>> } | undefined
  /** While it is set, requests wait for it. */
  held: Promise<void> | undefined
  /** Called when a request has come in. */
  onRequest: () => void = () => {}
  readonly #provider: Provider
  #server!: Server

  private constructor(provider: Provider) {
    this.#provider = provider
    provider.use(async (context, next) => {
      if (context.path !== tokenPath && context.path !== googlePath) return await next()
      this.onRequest()
      await this.held
      if (this.outage) {
        context.status = this.outage.status
        context.set({ ...this.outage.headers })
        context.body = { error: this.outage.error ?? 'temporarily_unavailable' }
        this.requests.push(`outage ${context.status}`)
      } else await next()
    })
    provider.on('grant.success', (context) => this.#granted(context))
    provider.on('grant.error', ({ oidc }, { error }) => this.requests.push(`${String(oidc.params?.['grant_type'])} ${error}`))
  }

  static async start(): Promise<AuthorizationServer> {
    const provider = await createProvider()
    const server = new AuthorizationServer(provider)
    server.#server = provider.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  /** In the place of `https://login.microsoftonline.com`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get tokenEndpoint(): string {
    return `${this.url}${tokenPath}`
  }

  get deviceEndpoint(): string {
    return `${this.url}${devicePath}`
  }

  /** For service accounts: requests have no client, only an assertion. */
  get googleEndpoint(): string {
    return `${this.url}${googlePath}`
  }

  /** Lets the user sign in. @returns the refresh token */
  async signIn(scope: string = `openid ${smtpScopes.microsoftUser}`, clientId: string = app.clientId): Promise<string> {
    const { Client, Grant, RefreshToken } = this.#provider
    const grant = new Grant({ accountId: user, clientId })
    grant.addOIDCScope(scope)
    const client = (await Client.find(clientId))!
    return await new RefreshToken({ accountId: user, client, grantId: await grant.save(), scope, gty: 'authorization_code' }).save()
  }

  /** The user enters the code of a device, and accepts or refuses. */
  async enter(userCode: string, answer: 'accept' | 'refuse' = 'accept'): Promise<void> {
    const { DeviceCode, Grant } = this.#provider
    const code = (await DeviceCode.findByUserCode(userCode.replace('-', '')))!
    const scope = String(code.params?.['scope'])
    if (answer === 'accept') {
      const grant = new Grant({ accountId: user, clientId: code.clientId! })
      grant.addOIDCScope(scope)
      Object.assign(code, { accountId: user, grantId: await grant.save(), scope })
    } else Object.assign(code, { error: 'access_denied' })
    await code.save()
  }

  /** The user signs in on the page of a URL, and accepts. @returns where the browser is redirected */
  async visit(url: string): Promise<string> {
    const { client_id: clientId = '', redirect_uri: redirectUri = '', scope: requested = '', access_type: access, state = '', code_challenge: codeChallenge, code_challenge_method: codeChallengeMethod } = Object.fromEntries(new URL(url).searchParams)
    const { AuthorizationCode, Client, Grant } = this.#provider
    // Google has a parameter for what others have as a scope.
    const scope = access === 'offline' ? `openid offline_access ${requested}` : requested
    const grant = new Grant({ accountId: user, clientId })
    grant.addOIDCScope(scope)
    const client = (await Client.find(clientId))!
    const code = new AuthorizationCode({ accountId: user, client, grantId: await grant.save(), redirectUri, scope, gty: 'authorization_code' })
    Object.assign(code, { codeChallenge, codeChallengeMethod })
    return `${redirectUri}/?${String(new URLSearchParams({ state, code: await code.save() }))}`
  }

  /** Revokes a refresh token, as the user or an administrator would. */
  async revoke(token: string): Promise<void> {
    const body = new URLSearchParams({ token, client_id: app.clientId, client_secret: app.clientSecret })
    const { status } = await fetch(`${this.url}/token/revocation`, { method: 'POST', body })
    if (status !== 200) throw new Error(`The server refused to revoke the token: ${status}`)
  }

  /** Whether an access token was issued here and has not ended. */
  async isValid(accessToken: string): Promise<boolean> {
    const { AccessToken, ClientCredentials } = this.#provider
    return ((await AccessToken.find(accessToken)) ?? (await ClientCredentials.find(accessToken))) !== undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #granted({ oidc, body }: KoaContextWithOIDC): void {
    this.requests.push(`${String(oidc.params?.['grant_type'])} ok`)
    this.onIssued((body as { readonly access_token: string }).access_token)
  }
}

/** It writes warnings to the console while it starts: that it keeps everything in memory, and which versions of Node it supports. */
async function createProvider(): Promise<Provider> {
  const silenced = (['info', 'warn'] as const).map((method) => vi.spyOn(console, method).mockImplementation(() => {}))
  try {
    const { default: OidcProvider, errors } = await import('oidc-provider')
    const { access, refresh } = lifetimes
    const client = { response_types: [], redirect_uris: [] }
    const provider = new OidcProvider('http://127.0.0.1', {
      clients: [
        { ...client, client_id: app.clientId, client_secret: app.clientSecret, application_type: 'native', response_types: ['code'], redirect_uris: ['http://127.0.0.1'], grant_types: ['authorization_code', 'client_credentials', 'refresh_token'], token_endpoint_auth_method: 'client_secret_post', scope: `openid ${smtpScopes.microsoftUser} ${smtpScopes.microsoftApp}` },
        { ...client, client_id: publicApp.clientId, grant_types: ['refresh_token', deviceCode], token_endpoint_auth_method: 'none' },
        { ...client, client_id: 'basic-app', client_secret: app.clientSecret, grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' },
        { ...client, client_id: serviceAccount.client_email, client_secret: app.clientSecret, grant_types: [jwtBearer], token_endpoint_auth_method: 'client_secret_basic' },
      ],
      features: { clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId }, devInteractions: { enabled: false } },
      scopes: ['openid', 'offline_access', ...Object.values(smtpScopes).flatMap((scope) => scope.split(' '))],
      rotateRefreshToken: true,
      routes: { token: tokenPath, device_authorization: devicePath },
      ttl: { DeviceCode: lifetimes.deviceCode, AccessToken: access, ClientCredentials: access, RefreshToken: refresh, Grant: refresh, IdToken: access },
      findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      cookies: { keys: ['unused'] },
    })
    provider.registerGrantType(
      jwtBearer,
      async (context) => {
        const { params, client: account } = context.oidc
        const scope = claimsOf(String(params?.['assertion']), `http://${context.host}${context.originalUrl}`)
        if (!scope || !account) throw new errors.InvalidGrant('assertion is not valid')
        const token = await new provider.ClientCredentials({ client: account, scope }).save()
        context.body = { access_token: token, expires_in: access, token_type: 'Bearer' }
      },
      ['assertion'],
    )
    // The server wants to know a client before it reads the assertion.
    provider.use(async (context, next) => {
      if (context.path === googlePath) {
        context.req.headers.authorization = `Basic ${btoa(`${encodeURIComponent(serviceAccount.client_email)}:${app.clientSecret}`)}`
        context.path = tokenPath
      }
      await next()
    })
    return provider
  } finally {
    for (const spy of silenced) spy.mockRestore()
  }
}

/** The scope of a signed request, if it is right in every part. */
function claimsOf(assertion: string, audience: string): string | undefined {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const { alg, kid } = decoded(header)
  const { iss, sub, aud, iat, exp, scope } = decoded(claims)
  const isSigned = verify('sha256', Buffer.from(`${header}.${claims}`), createPublicKey(rsa.publicKey), Buffer.from(signature, 'base64url'))
  const now = Date.now() / 1_000
  const isInTime = Number(iat) <= now && Number(exp) > now && Number(exp) - Number(iat) <= 3_600
  const isRight = alg === 'RS256' && kid === serviceAccount.private_key_id && iss === serviceAccount.client_email && sub === user && aud === audience
  return isSigned && isInTime && isRight ? String(scope) : undefined
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}
