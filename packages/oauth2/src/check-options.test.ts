import { SettingsError } from '@postern/core'
import { describe, expect, it } from 'vitest'
import { serviceAccount, user } from '../test/authorization-server.ts'
import { googleRefreshToken, googleServiceAccount, type GoogleServiceAccountOptions } from './google.ts'
import { microsoftClientCredentials, microsoftRefreshToken } from './microsoft.ts'

const app = { clientId: 'the-app', clientSecret: 'kumquat' } as const
const key = (given: unknown) => ({ key: given, user }) as GoogleServiceAccountOptions
const unset = undefined as unknown as string

function issuesOf(make: () => unknown): readonly string[] {
  try {
    make()
  } catch (error) {
    if (!SettingsError.isInstance(error)) throw error
    return error.issues.map(({ path, message }) => `${path} ${message}`)
  }
  return []
}

const missing = 'is missing. If it comes from an environment variable, is that set?'

describe('options that cannot be used', () => {
  it.each<[issue: string, make: () => unknown]>([
    [`tenant ${missing}`, () => microsoftClientCredentials({ ...app, tenant: unset })],
    ['tenant should be the id or a domain of the tenant.', () => microsoftClientCredentials({ ...app, tenant: 'contoso/../evil' })],
    ['tenant should be the id or a domain of one tenant, not "common".', () => microsoftClientCredentials({ ...app, tenant: 'common' })],
    [`clientSecret ${missing}`, () => microsoftClientCredentials({ ...app, tenant: 'contoso.example', clientSecret: '' })],
    [`clientId ${missing}`, () => microsoftRefreshToken({ clientId: unset, refreshToken: 'kumquat' })],
    [`refreshToken ${missing}`, () => microsoftRefreshToken({ ...app, refreshToken: unset })],
    ['tokenEndpoint should be an https URL: a secret is sent there. Only this machine may have http.', () => microsoftRefreshToken({ ...app, refreshToken: 'kumquat', authority: 'http://login.example' })],
    [`clientSecret ${missing}`, () => googleRefreshToken({ clientId: 'a', clientSecret: unset, refreshToken: 'kumquat' })],
    ['margin should be a number above 0.', () => googleRefreshToken({ ...app, refreshToken: 'kumquat', margin: Number.NaN })],
    ['deadline should be a number above 0.', () => googleRefreshToken({ ...app, refreshToken: 'kumquat', deadline: 0 })],
    [`key ${missing}`, () => googleServiceAccount(key(undefined))],
    ['key should be the content of the JSON file with the key of the service account.', () => googleServiceAccount(key('./kumquat.json'))],
    ['key should be the content of the JSON file with the key of the service account.', () => googleServiceAccount(key('null'))],
    [`key.private_key ${missing}`, () => googleServiceAccount(key({ client_email: 'a@b' }))],
    ['privateKey should be an RSA key in PEM: "-----BEGIN PRIVATE KEY-----…".', () => googleServiceAccount(key({ ...serviceAccount, private_key: 'kumquat' }))],
    [`user ${missing}`, () => googleServiceAccount({ ...key(serviceAccount), user: unset })],
  ])('%s', (issue, make) => {
    expect(issuesOf(make)).toContain(issue)
    expect(issuesOf(make).join()).not.toContain('kumquat')
  })
})
