import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OAuth2Error, smtpScopes } from '@postern/oauth2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app, AuthorizationServer, serviceAccount, tenant, user } from '../../../packages/oauth2/test/authorization-server.ts'
import { tokenSourceFrom } from './token-source.ts'

let server: AuthorizationServer
let folder: string
const issued: string[] = []
beforeAll(async () => {
  server = await AuthorizationServer.start()
  server.onIssued = (token) => issued.push(token)
  folder = mkdtempSync(join(tmpdir(), 'postern-'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function fileWith(text: string): string {
  const file = join(folder, 'secret')
  writeFileSync(file, text)
  return file
}

const microsoft = () => ({ ENTRA_CLIENT_ID: app.clientId, ENTRA_CLIENT_SECRET: app.clientSecret, ENTRA_TENANT: tenant, ENTRA_AUTHORITY: server.url })
const other = () => ({ OAUTH2_TOKEN_ENDPOINT: server.tokenEndpoint, OAUTH2_CLIENT_ID: app.clientId, OAUTH2_CLIENT_SECRET: app.clientSecret, OAUTH2_SCOPE: smtpScopes.microsoftApp })

describe('tokenSourceFrom', () => {
  it.each([
    ['an app in Microsoft 365', microsoft],
    ['a user of Microsoft 365', async () => ({ ...microsoft(), ENTRA_REFRESH_TOKEN_FILE: fileWith(await server.signIn()) })],
    ['a user of Google', async () => ({ GOOGLE_CLIENT_ID: app.clientId, GOOGLE_CLIENT_SECRET: app.clientSecret, GOOGLE_REFRESH_TOKEN: await server.signIn(), GOOGLE_TOKEN_ENDPOINT: server.tokenEndpoint })],
    ['a service account of Google', () => ({ GOOGLE_SERVICE_ACCOUNT_FILE: fileWith(JSON.stringify(serviceAccount)), GOOGLE_TOKEN_ENDPOINT: server.googleEndpoint })],
    ['another server', other],
  ])('gets tokens for %s', async (_, env) => {
    const accessToken = tokenSourceFrom(await env(), user, 'en')
    expect(await accessToken?.()).toBe(issued.at(-1))
  })

  it('stores the refresh token that replaces the used one', async () => {
    const first = await server.signIn()
    const file = fileWith(`${first}\n`)
    await tokenSourceFrom({ ...microsoft(), ENTRA_REFRESH_TOKEN_FILE: file }, user, 'en')?.()
    expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{43}$/)
    expect(readFileSync(file, 'utf8')).not.toBe(first)
  })

  it('is undefined without its variables', () => {
    expect(tokenSourceFrom({ ENTRA_CLIENT_ID: app.clientId }, user, 'en')).toBeUndefined()
  })

  it('says in the language of the app why there is no token', async () => {
    const accessToken = tokenSourceFrom({ ...microsoft(), ENTRA_CLIENT_SECRET: 'another secret' }, user, 'de')
    const error: unknown = await accessToken?.().catch((error: unknown) => error)
    expect(OAuth2Error.isInstance(error) && [error.code, error.message]).toEqual(['oauth2-invalid-client', expect.stringContaining('nicht akzeptiert')])
  })
})
