import { describe, expect, it } from 'vitest'
import { thrownBy } from '../../test/thrown-by.ts'
import { checkSettings } from '../rules/check-settings.ts'
import { locales } from '../text/index.ts'
import { settingsFromEnv } from './from-env.ts'
import { parseSettings } from './parse.ts'
import { SettingsError, type SettingsIssue } from './settings-error.ts'

const host = 'smtp.example.com'
const auth = { user: 'ada@example.com', pass: 'kumquat' }

function issueOf(read: () => unknown): SettingsIssue {
  const error = thrownBy(read) as SettingsError
  expect(SettingsError.isInstance(error)).toBe(true)
  expect(error.message).not.toContain('kumquat')
  expect(error.issues).toHaveLength(1)
  return error.issues[0]!
}

function findingOf(input: unknown, code: string) {
  const finding = checkSettings(input).find((one) => one.code === code)
  expect(JSON.stringify(finding)).not.toContain('kumquat')
  return finding
}

describe('a pasted host', () => {
  it.each<[given: string, part: string, suggestion: SettingsIssue['suggestion']]>([
    ['"smtp.example.com"', '\'"\'', { host }],
    ['“smtp.example.com”', '“ (U+201C), ” (U+201D)', { host }],
    ['""smtp.example.com""', '\'"\'', { host }],
    ['smtp.example.com;', '";"', { host }],
    ['smtp.example.com,', '","', { host }],
    [' smtp.example.com', 'a space (U+0020)', { host }],
    ['smtp.example.com\u00a0', 'a no-break space (U+00A0)', { host }],
    ['\ufeffsmtp.example.com', 'U+FEFF', { host }],
    ['smtp.example.com\n', 'a line break (U+000A)', { host }],
    ["'smtp.example.com:587';", '"\'", ";"', { host, port: 587 }],
    ['"mailhog"', '\'"\'', undefined],
    ['smtp.example.com:587', 'the port', { host, port: 587 }],
    ['smtp.example.com 587', 'the port', { host, port: 587 }],
    ['mailhog:1025', 'the port', { host: 'mailhog', port: 1025 }],
    ['[2001:db8::1]:465', 'the port', { host: '2001:db8::1', port: 465 }],
    ['[2001:db8::1]', 'without brackets', { host: '2001:db8::1' }],
    ['smtp.bücher.example', 'ASCII', { host: 'smtp.xn--bcher-kva.example' }],
    ['smtp://smtp.example.com', 'URL', { host }],
    ['smtp://smtp.example.com:2525/', 'URL', { host, port: 2525 }],
    ['smtps://smtp.example.com:465', 'URL', { host, port: 465, security: 'implicit' }],
    ['https://smtp.example.com/inbox', 'URL', { host }],
    ['//smtp.example.com', 'URL', { host }],
    ['smtp.example.com/', 'path', { host }],
    ['ada@gmail.com', 'e-mail address', { host: 'smtp.gmail.com' }],
    ['ada@example.com', 'e-mail address', undefined],
    ['smtp://ada:kumquat@smtp.example.com', 'URL', { url: 'smtp://ada:[hidden]@smtp.example.com' }],
    ['ada:kumquat@smtp.example.com:25', 'URL', { url: 'smtp://ada:[hidden]@smtp.example.com:25' }],
  ])('%j is rejected, with what is wrong (%s) and the corrected value', (given, part, suggestion) => {
    const issue = issueOf(() => parseSettings({ host: given, auth }))
    expect(issue).toMatchObject({ path: 'host', message: expect.stringContaining(part) })
    expect(issue.suggestion).toEqual(suggestion)
    const finding = findingOf({ host: given, auth }, 'host-malformed')
    expect(`${finding?.message} ${finding?.advice}`).toBe(issue.message)
    for (const value of Object.values(suggestion ?? {})) expect(issue.message).toContain(String(value))
  })

  it.each(['kumquat kumquat', '"kumquat"', 'kumquat;', 'kumquat/', 'kumquat@kumquat', '@', ':587', '', 'a..b', '://', 'x'.repeat(5_000), '"'.repeat(5_000)])(
    '%.20j suggests nothing, because it may be a secret in the wrong field',
    (given) => {
      expect(issueOf(() => parseSettings({ host: given, auth })).suggestion).toBeUndefined()
    },
  )

  it('is accepted as suggested', () => {
    const { suggestion } = issueOf(() => parseSettings({ host: 'smtps://“smtp.example.com”:465' , auth }))
    expect(suggestion).toBeUndefined()
    const corrected = issueOf(() => parseSettings({ host: '“smtps://smtp.example.com:465”', auth })).suggestion
    expect(parseSettings({ ...corrected, auth })).toEqual({ host, port: 465, security: 'implicit', auth })
  })

  it('in tls.servername is corrected as well', () => {
    expect(issueOf(() => parseSettings({ host, tls: { servername: 'smtp.example.com:587' } })).suggestion).toEqual({ 'tls.servername': host })
  })
})

describe('a pasted port', () => {
  it.each(['587', ' 587 ', '587\n'])('%j is accepted as text', (port) => expect(parseSettings({ host, port })).toEqual({ host, port: 587 }))

  it.each(['"587"', '587;', '“587”', '587,'])('%j is rejected with the corrected value', (port) => {
    expect(issueOf(() => parseSettings({ host, port })).suggestion).toEqual({ port: 587 })
    expect(findingOf({ host, port, auth }, 'stray-characters')).toMatchObject({ severity: 'error', advice: expect.stringContaining('port: 587') })
  })

  it.each(['kumquat', 'smtp', '99999', '"0"', '5 8 7'])('%j suggests nothing', (port) => {
    expect(issueOf(() => parseSettings({ host, port })).suggestion).toBeUndefined()
  })
})

describe('a pasted login', () => {
  it.each<[login: Record<string, string>, part: string]>([
    [{ user: '"ada@example.com"', pass: 'kumquat' }, 'auth.user: "ada@example.com"'],
    [{ user: 'ada@example.com ', pass: 'kumquat' }, 'auth.user: "ada@example.com"'],
    [{ user: 'ada', pass: 'kumquat ' }, 'a space (U+0020)'],
    [{ user: 'ada', pass: '"kumquat"' }, '\'"\''],
    [{ user: 'ada', pass: '“kumquat”;' }, '“ (U+201C), ” (U+201D), ";"'],
    [{ user: 'ada', accessToken: '\u200bkumquat' }, 'a zero-width space (U+200B)'],
  ])('%j is accepted with a warning that names the characters', (login, part) => {
    expect(parseSettings({ host, auth: login }).auth).toEqual(login)
    const finding = findingOf({ host, auth: login }, 'stray-characters')
    expect(finding).toMatchObject({ severity: 'warning' })
    expect(`${finding?.message} ${finding?.advice}`).toContain(part)
  })

  it.each(['kum quat', '"kumquat', 'kumquat;', "it's", '<kumquat>', '"'])('%j is a password without a warning', (pass) => {
    expect(checkSettings({ host, auth: { user: 'ada', pass } }).filter(({ code }) => code === 'stray-characters')).toEqual([])
  })

  it('with a line break at the end is rejected, which files with secrets often have', () => {
    expect(issueOf(() => parseSettings({ host, auth: { user: 'ada', pass: 'kumquat\r\n' } })).message).toContain('a line break (U+000D), a line break (U+000A)')
  })
})

describe('a pasted URL', () => {
  it.each<[given: string, part: string, url: string | undefined]>([
    ['smtp://ada:kum#quat@smtp.example.com', '"#". Write "%23"', 'smtp://ada:[hidden]@smtp.example.com'],
    ['smtp://ada:kum/quat@smtp.example.com:587', '"/". Write "%2F"', 'smtp://ada:[hidden]@smtp.example.com:587'],
    ['smtp://ada:kumquat?@smtp.example.com?pool=true', '"?". Write "%3F"', 'smtp://ada:[hidden]@smtp.example.com?…'],
    ['smtps://ada@example.com:kum#quat@smtp.example.com', '"@", "#". Write "%40", "%23"', 'smtps://ada%40example.com:[hidden]@smtp.example.com'],
    ['smtp://ada:kum@quat/kumquat@smtp.example.com', '"@", "/"', 'smtp://ada:[hidden]@smtp.example.com'],
    ['smtp://kumquat#x@smtp.example.com', '"#"', 'smtp://[hidden]@smtp.example.com'],
    ['smtp://ada:100%kumquat@smtp.example.com', '"%". Write "%25"', 'smtp://ada:[hidden]@smtp.example.com'],
    ['"smtp://ada:kumquat@smtp.example.com"', '\'"\'', 'smtp://ada:[hidden]@smtp.example.com'],
    ['smtp://ada:kumquat@smtp.example.com:587;', '";"', 'smtp://ada:[hidden]@smtp.example.com:587'],
    ['smtp.example.com:587', 'Begin it with smtp://', 'smtp://smtp.example.com:587'],
    ['ada:kumquat@smtp.example.com', 'Begin it with smtp://', 'smtp://ada:[hidden]@smtp.example.com'],
    ['https://ada:kumquat@smtp.example.com', 'Begin it with smtp://', 'smtp://ada:[hidden]@smtp.example.com'],
    ['smtp//ada:kumquat@smtp.example.com', 'Begin it with smtp://', 'smtp://ada:[hidden]@smtp.example.com'],
    ['smtps:smtp.example.com', 'Begin it with smtp://', 'smtps://smtp.example.com'],
    ['smtp://smtp.example.com/inbox', 'no path', 'smtp://smtp.example.com'],
    ['smtp://smtp.example.com#x', 'no "#"', 'smtp://smtp.example.com'],
    ['kumquat', 'Begin it with smtp://', undefined],
    ['smtp://ada:kumquat/1@kumquat', 'Begin it with smtp://', undefined],
    ['smtp://\ud800:kumquat#@smtp.example.com', '"#"', 'smtp://[hidden]:[hidden]@smtp.example.com'],
  ])('%j is rejected, with what is wrong (%s) and the corrected value', (given, part, url) => {
    const issue = issueOf(() => parseSettings(given))
    expect(issue.message).toContain(part)
    expect(issue.suggestion).toEqual(url === undefined ? undefined : { url })
    expect(issue.message).toContain(url ?? '')
  })

  it('that is malformed is a finding', () => {
    expect(checkSettings('smtp://ada:kum#quat@smtp.example.com')).toEqual([
      expect.objectContaining({ code: 'url-malformed', severity: 'error', advice: 'Write "%23" in their place, as in url: "smtp://ada:[hidden]@smtp.example.com".' }),
    ])
  })

  it('with an "@" in the user name is accepted, with a finding about other programs', () => {
    const url = 'smtp://ada@example.com:kumquat@smtp.example.com'
    expect(parseSettings(url)).toEqual({ host, auth })
    expect(findingOf(url, 'url-malformed')).toMatchObject({ severity: 'info', advice: expect.stringContaining('ada%40example.com:[hidden]') })
  })
})

describe('a login whose variable is not set', () => {
  it.each<[given: object, path: string, state: string]>([
    [{ auth: { user: 'ada', pass: undefined } }, 'auth.pass', 'undefined'],
    [{ auth: { user: 'ada', pass: '' } }, 'auth.pass', 'empty'],
    [{ auth: { user: 'ada', accessToken: undefined } }, 'auth.accessToken', 'undefined'],
    [{ auth: { user: undefined, pass: 'kumquat' } }, 'auth.user', 'undefined'],
    [{ username: 'ada', password: '' }, 'auth.pass', 'empty'],
  ])('%o names the part and asks for the variable', (given, path, state) => {
    const issue = issueOf(() => parseSettings({ host, ...given }))
    expect(issue).toMatchObject({ path, message: `is ${state}. If it comes from an environment variable, is that set?` })
    expect(findingOf({ host, ...given }, 'auth-incomplete')?.message).toContain(path)
  })

  it('is a finding if nothing of it is set', () => {
    const found = findingOf({ host, auth: { user: undefined, pass: undefined } }, 'auth-missing')
    expect(found?.message).toBe('No value is set for auth.user, auth.pass.')
  })

  it('is no login, if it is an empty form', () => expect(parseSettings({ host, username: '', password: '' })).toEqual({ host }))
})

describe('the environment', () => {
  it('gets corrections with the names of variables', () => {
    expect(issueOf(() => settingsFromEnv({ SMTP_HOST: 'smtp.example.com:587' })).suggestion).toEqual({ SMTP_HOST: host, SMTP_PORT: 587 })
    expect(issueOf(() => settingsFromEnv({ SMTP_URL: '"smtp://smtp.example.com"' }))).toMatchObject({ path: 'SMTP_URL', suggestion: { SMTP_URL: 'smtp://smtp.example.com' } })
  })

  it.each([{}, { SMTP_PASS: '' }])('names the missing password (%o)', (more) => {
    expect(issueOf(() => settingsFromEnv({ SMTP_HOST: host, SMTP_USER: 'ada', ...more }))).toEqual({
      path: 'SMTP_PASS',
      message: 'is not set, or empty. Set it, or SMTP_ACCESS_TOKEN.',
    })
  })
})

describe('SettingsError', () => {
  it('speaks the given language', () => {
    expect(() => parseSettings({ host: 'smtp.example.com:587' }, { locale: 'de' })).toThrow(
      'Die SMTP-Einstellungen sind nicht verwendbar. host: Der Host enthält den Port. Beides getrennt angeben: host: "smtp.example.com", port: 587.',
    )
    expect(() => settingsFromEnv({}, { locale: 'de' })).toThrow('SMTP_HOST: ist nicht gesetzt.')
    expect(() => checkSettings({ host, prot: 587 }, { locale: 'de' })).toThrow('prot: ist keine Option')
  })

  it('has a sentence in every language for every issue', () => {
    const input = { host: 1, port: 0, security: 1, auth: { pass: [] }, tls: { ca: 1, minVersion: 1, ciphers: 1, x: 1, minDHSize: 1, rejectUnauthorized: 1 }, clientName: 1, candidates: 1, policy: 1, service: 1 }
    for (const locale of locales) {
      const error = thrownBy(() => parseSettings(input, { locale })) as SettingsError
      expect(error.issues.length).toBeGreaterThan(12)
      for (const { message } of error.issues) expect(message).not.toMatch(/Invalid|expected|^[a-z-]+$/)
    }
  })
})
