import { readFileSync } from 'node:fs'
import { type Locale, type SecretSource, type SmtpSettings, textsFor } from '@postern/core'
import type { createTransport } from '@postern/nodemailer'
import { expect, expectTypeOf, it } from 'vitest'
import * as oauth2 from './index.ts'

it('has these public names', () => {
  expect(Object.keys(oauth2).toSorted()).toEqual([
    'OAuth2Error',
    'browserLogin',
    'clientCredentialsGrant',
    'createTokenSource',
    'deviceLogin',
    'googleBrowserLogin',
    'googleRefreshToken',
    'googleServiceAccount',
    'jwtBearerGrant',
    'microsoftClientCredentials',
    'microsoftDeviceLogin',
    'microsoftRefreshToken',
    'refreshTokenGrant',
    'requestToken',
    'smtpScopes',
  ])
})

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

it('has every name and code in the README', () => {
  const names = read('index.ts').replaceAll(/from '.*'|\b(?:export|type)\b/g, '').match(/\w+/g) ?? []
  const codes = Object.keys(textsFor('en').oauth2).map((code) => `oauth2-${code}`)
  const documented = new Set(read('../README.md').match(/[\w-]+/g))
  expect([...names, ...codes].filter((name) => !documented.has(name))).toEqual([])
})

it('has these types', () => {
  expectTypeOf<oauth2.TokenSource>().toExtend<SecretSource>()
  expectTypeOf<{ host: string; auth: { user: string; accessToken: oauth2.TokenSource } }>().toExtend<SmtpSettings>()
  expectTypeOf<{ host: string; auth: { user: string; accessToken: oauth2.TokenSource } }>().toExtend<Parameters<typeof createTransport>[0]>()
  expectTypeOf<oauth2.TokenSource>().toBeCallableWith()
  expectTypeOf<oauth2.TokenSource>().returns.resolves.toBeString()
  expectTypeOf(oauth2.microsoftClientCredentials).returns.toEqualTypeOf<oauth2.TokenSource>()
  expectTypeOf(oauth2.googleServiceAccount).returns.toEqualTypeOf<oauth2.TokenSource>()
  expectTypeOf<{ tenant: string; clientId: string; clientSecret: string }>().toExtend<oauth2.MicrosoftClientCredentialsOptions>()
  expectTypeOf<{ tenant: string; clientId: string }>().not.toExtend<oauth2.MicrosoftClientCredentialsOptions>()
  expectTypeOf<{ clientId: string; refreshToken: string }>().toExtend<oauth2.MicrosoftRefreshTokenOptions>()
  expectTypeOf<{ clientId: string; refreshToken: string }>().not.toExtend<oauth2.GoogleRefreshTokenOptions>()
  expectTypeOf<{ key: string; user: string }>().toExtend<oauth2.GoogleServiceAccountOptions>()
  expectTypeOf<oauth2.OAuth2Error['code']>().extract<'oauth2-invalid-grant' | 'invalid-grant'>().toEqualTypeOf<'oauth2-invalid-grant'>()
  expectTypeOf<oauth2.RequestTokenOptions['locale']>().toEqualTypeOf<Locale | undefined>()
  expectTypeOf<typeof fetch>().toExtend<oauth2.Fetch>()
})
