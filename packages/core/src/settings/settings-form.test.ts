import { describe, expect, it } from 'vitest'
import { ca } from '../../test/certificates.ts'
import { thrownBy } from '../../test/thrown-by.ts'
import { readCheckRequest } from '../guard/request.ts'
import { checkSettings } from '../rules/check-settings.ts'
import { locales } from '../text/index.ts'
import { settingsJsonSchema } from './json-schema.ts'
import { parseSettings } from './parse.ts'
import { describeSettingsForm } from './settings-form.ts'
import type { SettingsError } from './settings-error.ts'

const form = describeSettingsForm()
const fields = [...form.fields, ...form.advanced.fields]
/** The form as a browser posts it, with these values. */
const posted = (values: Record<string, string> = {}) => ({ ...Object.fromEntries(fields.map(({ name }) => [name, ''])), ...values })
const issuesOf = (values: Record<string, string>) => (thrownBy(() => parseSettings(posted(values))) as SettingsError).issues
const pass = { 'auth.pass': 'kumquat' }

describe('the settings form', () => {
  it('asks for an address or host, a user and a secret; everything else is advanced', () => {
    expect(form.fields.map(({ name, control, required }) => [name, control, required])).toEqual([
      ['account', 'text', true],
      ['auth.user', 'text', false],
      ['auth.pass', 'password', false],
    ])
    expect(form.advanced.fields.map(({ name, control }) => [name, control])).toEqual([
      ['port', 'number'],
      ['security', 'select'],
      ['clientName', 'text'],
      ['tls.ca', 'textarea'],
    ])
  })

  it('has no choice that allows mail without encryption, and nothing called "secure"', () => {
    expect(fields.find(({ name }) => name === 'security')?.options?.map(({ value }) => value)).toEqual(['', 'starttls', 'implicit'])
    expect(JSON.stringify(form.fields) + JSON.stringify(form.advanced)).not.toMatch(/"[^"]*\bsecure\b[^"]*"/i)
  })

  it.each(locales)('has the same fields in every language (%s)', (locale) => {
    const other = describeSettingsForm({ locale })
    expect(other.locale).toBe(locale)
    const shape = ({ fields, advanced }: typeof form) =>
      [...fields, ...advanced.fields].map(({ name, control, required, autocomplete, options, schema }) => [name, control, required, autocomplete, options?.map(({ value }) => value), schema])
    expect(shape(other)).toEqual(shape(form))
  })

  it('is in English for an unknown language', () => expect(describeSettingsForm({ locale: 'xx' as never })).toEqual(form))

  it('is data', () => expect(JSON.parse(JSON.stringify(form))).toEqual(form))

  it('comes with the JSON Schema of the settings', () => {
    expect(form.schema).toEqual(settingsJsonSchema())
    expect(fields.find(({ name }) => name === 'port')?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 65_535 })
  })

  it('has names that the settings check accepts', () => {
    expect(readCheckRequest({ settings: posted({ account: 'smtp.example.com', ...pass }) })).toBeDefined()
  })
})

describe('the values of the form', () => {
  it.each<[what: string, values: Record<string, string>, settings: object]>([
    ['an address of a known provider', { account: ' ada@gmail.com ', ...pass }, { host: 'smtp.gmail.com', auth: { user: 'ada@gmail.com', pass: 'kumquat' } }],
    ['an address and another user', { account: 'ada@gmail.com', 'auth.user': 'bob@gmail.com', ...pass }, { host: 'smtp.gmail.com', auth: { user: 'bob@gmail.com', pass: 'kumquat' } }],
    ['a host', { account: 'smtp.example.com', 'auth.user': 'ada', ...pass }, { host: 'smtp.example.com', auth: { user: 'ada', pass: 'kumquat' } }],
    ['a host without a login', { account: 'smtp.example.com' }, { host: 'smtp.example.com' }],
    [
      'everything',
      { account: 'smtp.example.com', 'auth.user': 'ada', ...pass, port: '2525', security: 'starttls', clientName: 'app.example.com', 'tls.ca': ca },
      { host: 'smtp.example.com', auth: { user: 'ada', pass: 'kumquat' }, port: 2525, security: 'starttls', clientName: 'app.example.com', tls: { ca } },
    ],
  ])('may be %s', (_, values, settings) => expect(parseSettings(posted(values))).toEqual(settings))

  it.each<[what: string, values: Record<string, string>, path: string, suggestion?: object]>([
    ['nothing', {}, 'host'],
    ['an address of an unknown provider', { account: 'ada@example.com', ...pass }, 'account'],
    ['a host with a port', { account: 'smtp.example.com:587' }, 'account', { account: 'smtp.example.com', port: 587 }],
    ['a URL', { account: 'smtps://smtp.example.com' }, 'account', { account: 'smtp.example.com', security: 'implicit' }],
    ['a user without a secret', { account: 'smtp.example.com', 'auth.user': 'ada' }, 'auth.pass'],
    ['an invalid port', { account: 'smtp.example.com', port: 'x' }, 'port'],
    ['no certificate', { account: 'smtp.example.com', 'tls.ca': 'x' }, 'tls.ca'],
    ['an invalid name', { account: 'smtp.example.com', clientName: 'a b' }, 'clientName'],
  ])('with %s have an issue at their field', (_, values, path, suggestion) => {
    expect(issuesOf(values)).toEqual([expect.objectContaining({ path, ...(suggestion && { suggestion }) })])
  })

  it('are valid with the suggestions', () => {
    const values = posted({ account: 'smtps://smtp.example.com:465' })
    const [issue] = issuesOf(values)
    expect(parseSettings({ ...values, ...issue?.suggestion })).toEqual({ host: 'smtp.example.com', port: 465, security: 'implicit' })
  })

  it('get findings in the same way', () => {
    expect(checkSettings(posted({ account: 'ada@example.com', ...pass }))).toEqual([
      expect.objectContaining({ code: 'host-malformed', message: 'The mail server of this e-mail address is not known.' }),
    ])
    expect(checkSettings(posted({ account: '“smtp.example.com”', 'auth.user': 'ada', ...pass }))).toEqual([
      expect.objectContaining({ code: 'host-malformed', message: expect.stringContaining('“ (U+201C)') }),
    ])
    expect(checkSettings(posted({ account: 'ada@gmail.com', ...pass })).map(({ code }) => code)).toEqual(['provider-auth'])
  })
})
