import { expect, it } from 'vitest'
import { parseSettings } from '../settings/parse.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { checkSettings } from './check-settings.ts'

it('returns no findings for correct settings', () => {
  expect(checkSettings({ host: 'smtp.mailpro.com', auth: { user: 'ada@example.com', pass: 'secret' } })).toEqual([])
})

it('accepts parsed settings and raw input', () => {
  const input = { host: 'smtp.example.com', port: 587, secure: true, auth: { user: 'ada', pass: 'secret' } }
  expect(checkSettings(parseSettings(input))).toEqual(checkSettings(input))
})

it('lists errors first, then warnings, then information', () => {
  const findings = checkSettings({ host: '192.0.2.1', port: 465, security: 'starttls', tls: { minVersion: 'TLSv1' } })
  expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
    'error security-mismatch',
    'error tls-outdated',
    'warning auth-missing',
    'warning host-is-address',
    'info port-465-legacy',
  ])
})

it('checks the remaining settings if some are invalid', () => {
  const codes = checkSettings({ host: 'smtp://x', port: 587, secure: true, auth: { user: 'ada' } }).map(
    ({ code }) => code,
  )
  expect(codes).toEqual(['host-malformed', 'security-mismatch', 'auth-incomplete'])
})

it('uses the given language', () => {
  const [finding] = checkSettings(
    { host: 'smtp.gmail.com', port: 2525, auth: { user: 'a@gmail.com', accessToken: 't' } },
    { locale: 'de' },
  )
  expect(finding).toMatchObject({
    code: 'provider-port',
    message: 'Gmail bietet Port 2525 nicht an.',
    advice: '587, 465 verwenden oder den Port weglassen und Postern wählen lassen.',
  })
})

it.each([
  ['undefined', undefined],
  ['a misspelt option', { host: 'smtp.example.com', prot: 587 }],
  ['an invalid port', { host: 'smtp.example.com', port: 70_000 }],
  ['a line break in a password', { host: 'smtp.example.com', auth: { user: 'ada', pass: 'a\r\nb' } }],
  ['an unknown service', { service: 'Nobody' }],
])('throws for %s, which no rule covers', (_, input) => {
  expect(() => checkSettings(input)).toThrow(SettingsError)
})
