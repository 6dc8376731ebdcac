import { once } from 'node:events'
import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { createCertificates } from '@postern/testing/certificates'
import { describe, expect, it } from 'vitest'
import { answering, scriptedEndpoint } from '../test/scripted-endpoint.ts'
import { clientCredentialsGrant } from './grants/client-credentials.ts'
import type { TokenGrant } from './grants/grant.ts'
import { refreshTokenGrant } from './grants/refresh-token.ts'
import type { RequestTokenOptions } from './limited-request.ts'
import { OAuth2Error } from './oauth2-error.ts'
import { requestToken } from './request-token.ts'

const secrets = { clientSecret: 'kumquat/client+secret==', refreshToken: 'kumquat.refresh-token' } as const
const grantAt = (tokenEndpoint: string): TokenGrant => refreshTokenGrant({ tokenEndpoint, clientId: 'the-app', ...secrets })
const token = { access_token: 'kumquat-access', token_type: 'Bearer', expires_in: 3_600 }

async function failure(tokenEndpoint: string, options?: RequestTokenOptions): Promise<OAuth2Error> {
  const error: unknown = await requestToken(grantAt(tokenEndpoint), options).catch((error: unknown) => error)
  if (!OAuth2Error.isInstance(error)) throw error
  return error
}

describe('a token response', () => {
  it.each([
    ['of Google', { ...token, scope: 'https://mail.google.com/' }, { lifetime: 3_600_000, scope: 'https://mail.google.com/', refreshToken: undefined }],
    ['with a refresh token', { ...token, refresh_token: 'next' }, { refreshToken: 'next' }],
    ['with the lifetime as text', { ...token, expires_in: '60' }, { lifetime: 60_000 }],
    ['without a lifetime', { ...token, expires_in: undefined }, { lifetime: undefined }],
    ['with an ID token that nobody asked for', { ...token, id_token: 'not.even.one' }, { accessToken: 'kumquat-access' }],
  ])('%s is read', async (_, body, read) => {
    expect(await requestToken(grantAt(await scriptedEndpoint(answering(body))))).toMatchObject(read)
  })

  it.each<[what: string, body: unknown, status?: number, headers?: Record<string, string>]>([
    ['without a token', { token_type: 'Bearer' }],
    ['with an empty token', { ...token, access_token: '' }],
    ['with a token that breaks out of its field', { ...token, access_token: 'kumquat\u0001host=evil' }],
    ['of another type', { ...token, token_type: 'DPoP' }],
    ['with a negative lifetime', { ...token, expires_in: -1 }],
    ['that is a list', []],
    ['that is a web page', '<html>kumquat</html>', 200, { 'content-type': 'text/html' }],
    ['that is empty', '', 204, {}],
    ['that leads elsewhere', '', 302, { location: 'http://127.0.0.1:1/kumquat' }],
    ['without end', 'x'.repeat(1_000_000)],
  ])('%s is not one', async (_, ...answer) => {
    const error = await failure(await scriptedEndpoint(answering(...answer)))
    expect(error).toMatchObject({ code: 'oauth2-invalid-answer', retryable: false })
    expect(inspect(error, { depth: 9 })).not.toContain('kumquat')
  })
})

describe('an error response', () => {
  it.each<[error: string | undefined, status: number, code: string, retryable: boolean, more?: object]>([
    ['invalid_grant', 400, 'invalid-grant', false],
    ['invalid_grant', 400, 'consent-required', false, { suberror: 'consent_required', error_codes: [65_001] }],
    ['invalid_grant', 400, 'consent-required', false, { error_subtype: 'invalid_rapt' }],
    ['invalid_client', 401, 'invalid-client', false],
    ['deleted_client', 401, 'invalid-client', false],
    ['unauthorized_client', 400, 'unauthorized-client', false],
    ['unauthorized_client', 401, 'unauthorized-client', false],
    ['invalid_scope', 400, 'invalid-scope', false],
    ['interaction_required', 400, 'consent-required', false],
    ['invalid_request', 400, 'request-rejected', false],
    ['unsupported_grant_type', 400, 'request-rejected', false],
    ['temporarily_unavailable', 400, 'unavailable', true],
    ['temporarily_unavailable', 503, 'unavailable', true],
    ['server_error', 500, 'unavailable', true],
    ['slow_down', 400, 'unavailable', true],
    ['kumquat_error', 400, 'request-rejected', false],
    ['constructor', 400, 'request-rejected', false],
    ['constructor', 429, 'unavailable', true],
    [undefined, 401, 'invalid-client', false],
    [undefined, 404, 'request-rejected', false],
    [undefined, 500, 'unavailable', true],
  ])('%s with %i is oauth2-%s', async (name, status, code, retryable, more) => {
    const { clientSecret, refreshToken } = secrets
    const body = { error: name, error_description: `${clientSecret} ${refreshToken}`, error_uri: refreshToken, ...more }
    const url = await scriptedEndpoint(answering(body, status, { 'content-type': 'application/json', 'www-authenticate': `Basic realm="${refreshToken}"` }))
    const error = await failure(url)
    expect(error).toMatchObject({ code: `oauth2-${code}`, retryable, endpoint: new URL(url).host })
    expect(error.message).toMatch(/^The token endpoint 127\.0\.0\.1:\d+ .+\.$/)
    expect(error.advice).toMatch(/\.$/)
    const text = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${String(error.stack)}`
    expect(text).not.toContain('kumquat')
  })

  it('has Microsoft’s own numbers, which can be looked up', async () => {
    const error = await failure(await scriptedEndpoint(answering({ error: 'invalid_client', error_codes: [7_000_222, 'kumquat', -1, 1.5] }, 401)))
    expect(error.message).toContain('(invalid_client, AADSTS7000222)')
  })

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['9999999', 3_600_000],
    ['kumquat', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('may ask for a pause: Retry-After %s', async (value, retryAfter) => {
    const error = await failure(await scriptedEndpoint(answering({ error: 'slow_down' }, 429, { 'content-type': 'application/json', 'retry-after': value })))
    expect(error.retryAfter).toBe(retryAfter)
  })

  it('is described in the language that is asked for', async () => {
    const error = await failure(await scriptedEndpoint(answering({ error: 'invalid_client' }, 401)), { locale: 'de' })
    expect(error.message).toMatch(/^Der Token-Endpunkt .* hat Client-ID und Client-Secret nicht akzeptiert \(invalid_client\)\.$/)
  })
})

describe('an endpoint that gives no answer', () => {
  it('is unreachable where nothing listens, or the connection is lost', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { readonly port: number }
    expect(await failure(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'oauth2-unreachable', retryable: true })
    server.close()
    await once(server, 'close')
    const error = await failure(`http://127.0.0.1:${port}/`)
    expect(error).toMatchObject({ code: 'oauth2-unreachable', retryable: true })
    expect(error.message).toBe(`The token endpoint 127.0.0.1:${port} could not be reached (ECONNREFUSED).`)
  })

  it.each<[when: string, listener: Parameters<typeof scriptedEndpoint>[0]]>([
    ['before the response', (request) => void request.resume()],
    ['within it', (request, response) => void (request.resume(), response.writeHead(200, { 'content-type': 'application/json' }).write('{'))],
  ])('is timed out %s', async (_, listener) => {
    const error = await failure(await scriptedEndpoint(listener), { deadline: 200 })
    expect(error).toMatchObject({ code: 'oauth2-timeout', retryable: true })
    expect(error.message).toMatch(/did not answer within 0\.2 s\.$/)
  })

  it('is no longer waited for when the caller’s signal fires, and the request ends', async () => {
    const caller = new AbortController()
    let ended: Promise<unknown> | undefined
    const url = await scriptedEndpoint((request) => {
      ended = once(request.socket, 'close')
      caller.abort(new Error('changed my mind'))
    })
    await expect(requestToken(grantAt(url), { signal: caller.signal })).rejects.toThrow('changed my mind')
    await ended
    await expect(requestToken(grantAt(url), { signal: caller.signal })).rejects.toThrow('changed my mind')
  })
})

describe('a secret is sent to nobody else', () => {
  it('nothing is sent where the certificate is not trusted', async () => {
    let requests = 0
    const certificates = await createCertificates('127.0.0.1')
    const error = await failure(await scriptedEndpoint(() => (requests += 1), await certificates.issue('trusted')))
    expect(error).toMatchObject({ code: 'oauth2-untrusted', retryable: false })
    expect(requests).toBe(0)
  })

  it.each(['http://login.example.com/token', 'http://10.0.0.1/token', 'ftp://127.0.0.1/token', 'https://user:pass@login.example.com/', 'login.example.com', ''])('%j is refused as an endpoint', async (tokenEndpoint) => {
    expect(() => clientCredentialsGrant({ tokenEndpoint, clientId: 'a', clientSecret: 'b', scope: 'c' })).toThrow(expect.objectContaining({ code: 'invalid-settings', issues: [expect.objectContaining({ path: 'tokenEndpoint' })] }))
    // A grant may be made by hand.
    await expect(requestToken({ ...grantAt('https://login.example.com'), tokenEndpoint })).rejects.toMatchObject({ code: 'invalid-settings' })
  })

  it('a function of the caller’s may make the request, through a proxy for example', async () => {
    const seen: unknown[] = []
    const fetch: RequestTokenOptions['fetch'] = async (url, { method, redirect, body, headers }) => {
      seen.push([url, method, redirect, (body as URLSearchParams).toString(), new Headers(headers).get('user-agent')])
      return Response.json(token)
    }
    await requestToken(grantAt('https://login.example.com/token'), { fetch })
    const form = 'refresh_token=kumquat.refresh-token&grant_type=refresh_token&client_id=the-app&client_secret=kumquat%2Fclient%2Bsecret%3D%3D'
    expect(seen).toEqual([['https://login.example.com/token', 'POST', 'manual', form, expect.stringMatching(/^oauth4webapi\//)]])
  })
})
