import { describe, expect, it } from 'vitest'
import { locales } from '../text/index.ts'
import { checkSettings } from './check-settings.ts'
import type { FindingCode, Severity } from './finding.ts'

const auth = { user: 'ada@example.com', pass: 'secret' }
const host = 'smtp.example.com'

type Case = readonly [what: string, settings: unknown, severity: Severity | undefined]

/** For each rule, settings for which it applies and settings for which it does not. */
const tables: Readonly<Record<Exclude<FindingCode, 'certificate-expiring' | 'ports-blocked'>, readonly Case[]>> = {
  'host-malformed': [
    ['a URL', { host: 'https://smtp.example.com', auth }, 'error'],
    ['a port in the name', { host: 'smtp.example.com:587', auth }, 'error'],
    ['no host', { auth }, 'error'],
    ['quotes', { host: '“smtp.example.com”', auth }, 'error'],
    ['a mailbox', { host: 'ada@example.com', auth }, 'error'],
    ['brackets', { host: '[2001:db8::1]', auth }, 'error'],
    ['a short form of 127.0.0.1', { host: '127.1', auth }, 'error'],
    ['a decimal form of it', { host: '2130706433', auth }, 'error'],
    ['a hexadecimal form of it', { host: '0x7f.1', auth }, 'error'],
    ['a name', { host, auth }, undefined],
    ['a single label', { host: 'mailhog', auth }, undefined],
    ['an IPv6 address', { host: '2001:db8::1', auth }, undefined],
  ],
  'url-malformed': [
    ['a "#" in the password', `smtp://ada:1#2@${host}`, 'error'],
    ['quotes around it', `"smtp://${host}"`, 'error'],
    ['a "%" that encodes nothing', `smtp://ada:1%2@${host}`, 'error'],
    ['another scheme', `https://${host}`, 'error'],
    ['an "@" in the user name', `smtp://ada@example.com:secret@${host}`, 'info'],
    ['everything encoded', `smtp://ada%40example.com:s%23cret@${host}`, undefined],
    ['no URL', { host, auth }, undefined],
  ],
  'stray-characters': [
    ['a port with a separator', { host, port: '587;', auth }, 'error'],
    ['a user name in quotes', { host, auth: { user: '"ada"', pass: 'secret' } }, 'warning'],
    ['a password with a space at its end', { host, auth: { user: 'ada', pass: 'secret ' } }, 'warning'],
    ['a token in quotes', { host, auth: { user: 'ada', accessToken: '“secret”' } }, 'warning'],
    ['a password with a quote in it', { host, auth: { user: 'ada', pass: 'sec"ret' } }, undefined],
    ['a port as text', { host, port: '587', auth }, undefined],
    ['a password from a function', { host, auth: { user: 'ada', pass: () => 'secret ' } }, undefined],
  ],
  'password-ends': [
    ['a password at Microsoft 365', { host: 'smtp.office365.com', auth }, 'warning'],
    ['an access token', { host: 'smtp.office365.com', auth: { user: 'ada@example.com', accessToken: 'x' } }, undefined],
    ['no login', { host: 'smtp.office365.com' }, undefined],
    ['another provider', { host: 'smtp.gmail.com', auth }, undefined],
  ],
  'host-private': [
    ['an address of RFC 1918', { host: '192.168.1.20', auth }, 'warning'],
    ['one in 172.16.0.0/12', { host: '172.31.255.1', auth }, 'warning'],
    ['a unique local IPv6 address', { host: 'fd00::25', auth }, 'warning'],
    ['a private address in IPv6', { host: '::ffff:10.0.0.1', auth }, 'warning'],
    ['the host of Docker', { host: 'host.docker.internal', auth }, 'warning'],
    ['a service of Docker Compose', { host: 'smtp', auth }, 'warning'],
    ['a name of multicast DNS', { host: 'nas.local', auth }, 'warning'],
    ['with the certificate of its authority', { host: 'smtp', auth, tls: { ca: '-----BEGIN CERTIFICATE-----' } }, 'info'],
    ['with a fingerprint', { host: '10.0.0.1', auth, tls: { fingerprints: [`sha256:${'00'.repeat(32)}`] } }, 'info'],
    ['with the name in its certificate', { host: '10.0.0.1', auth, tls: { servername: 'mail.example.com' } }, 'info'],
    ['a public name', { host, auth }, undefined],
    ['a public address', { host: '8.8.8.8', auth }, undefined],
    ['one beside 172.16.0.0/12', { host: '172.32.0.1', auth }, undefined],
    ['this machine', { host: 'localhost', auth }, undefined],
    ['a loopback address', { host: '127.0.0.1', auth }, undefined],
    ['a malformed address', { host: '127.1', auth }, undefined],
  ],
  'host-is-address': [
    ['an IPv4 address', { host: '192.0.2.1', auth }, 'warning'],
    ['an IPv6 address', { host: '2001:db8::1', auth }, 'warning'],
    ['an address with the name of the certificate', { host: '192.0.2.1', auth, tls: { servername: host } }, undefined],
    ['this machine', { host: '127.0.0.1', auth }, undefined],
    ['a name', { host, auth }, undefined],
  ],
  'port-25-submission': [
    ['port 25', { host, port: 25, auth }, 'warning'],
    [
      'port 25 among the candidates',
      {
        host,
        auth,
        candidates: [
          { port: 587, security: 'starttls' },
          { port: 25, security: 'starttls' },
        ],
      },
      'warning',
    ],
    ['port 25 of this machine', { host: 'localhost', port: 25 }, 'info'],
    ['a policy that allows it', { host, auth, policy: { allowPort25: true } }, 'info'],
    ['no port', { host, auth }, undefined],
  ],
  'port-465-legacy': [
    ['port 465', { host, port: 465, auth }, 'info'],
    ['a policy that puts it first', { host, auth, policy: { implicitTls: 'first' } }, 'info'],
    ['a provider that offers only 465', { host: 'mail.your-server.de', auth }, 'info'],
    ['the ladder, where it is the last resort', { host, auth }, undefined],
    ['port 587', { host, port: 587, auth }, undefined],
  ],
  'port-unknown': [
    ['a web port', { host, port: 8080, auth }, 'warning'],
    ['a test port of this machine', { host: 'localhost', port: 1025 }, 'info'],
    ['2525', { host, port: 2525, auth }, undefined],
    ['a port of a known provider', { host: 'email-smtp.eu-west-1.amazonaws.com', port: 2587, auth }, undefined],
  ],
  'security-mismatch': [
    ['secure: true with 587', { host, port: 587, secure: true, auth }, 'error'],
    ['secure: true with 587, as an environment has it', { host, port: '587', secure: 'true', auth }, 'error'],
    ['smtps:// with 587', `smtps://ada:secret@${host}:587`, 'error'],
    ['STARTTLS on 465', { host, port: 465, security: 'starttls', auth }, 'error'],
    ['secure: false with 465', { host, port: 465, secure: false, auth }, 'error'],
    ['implicit TLS on 2525', { host, port: 2525, security: 'implicit', auth }, 'error'],
    ['a candidate', { host, auth, candidates: [{ port: 587, security: 'implicit' }] }, 'error'],
    ['STARTTLS on 2465 of a provider', { host: 'smtp.resend.com', port: 2465, security: 'starttls', auth }, 'error'],
    ['587 with STARTTLS', { host, port: 587, security: 'starttls', auth }, undefined],
    ['secure: true without a port', { host, secure: true, auth }, undefined],
    ['an unknown port', { host, port: 10_465, security: 'implicit', auth }, undefined],
    [
      'implicit TLS on 443 of a provider that has it',
      { host: 'mail.smtp2go.com', port: 443, security: 'implicit', auth },
      undefined,
    ],
  ],
  'starttls-optional': [
    ['opportunisticTLS', { host, auth, opportunisticTLS: true }, 'warning'],
    ['ignoreTLS', { host, auth, ignoreTLS: true }, 'warning'],
    ['requireTLS: false', { host, port: 587, auth, requireTLS: false }, 'warning'],
    ['encryption: opportunistic', { host, auth, encryption: 'opportunistic' }, 'warning'],
    ['ignoreTLS on this machine', { host: 'localhost', ignoreTLS: true }, undefined],
    ['requireTLS: true', { host, port: 587, auth, requireTLS: true }, undefined],
    [
      'requireTLS: false with implicit TLS, where it has no effect',
      { host, secure: true, auth, requireTLS: false },
      undefined,
    ],
  ],
  cleartext: [
    ['no encryption', { host, security: 'none' }, 'error'],
    ['ignoreTLS', { host, ignoreTLS: true, port: 587 }, 'error'],
    ['a candidate', { host, candidates: [{ port: 25, security: 'none' }] }, 'error'],
    ['no encryption, allowed by name', { host, security: 'none', policy: { allowCleartext: 'always' } }, 'warning'],
    ['this machine', { host: '127.0.0.1', port: 1025, security: 'none' }, undefined],
    [
      'this machine, forbidden by name',
      { host: 'localhost', security: 'none', policy: { allowCleartext: 'never' } },
      'error',
    ],
    ['STARTTLS', { host, security: 'starttls' }, undefined],
  ],
  'cleartext-auth': [
    ['a login without encryption', { host, security: 'none', auth }, 'error'],
    ['the same, allowed by name', { host, security: 'none', auth, policy: { allowCleartext: 'always' } }, 'error'],
    ['no login', { host, security: 'none' }, undefined],
    ['this machine', { host: 'localhost', security: 'none', auth }, undefined],
  ],
  'certificate-unchecked': [
    ['rejectUnauthorized: false', { host, auth, tls: { rejectUnauthorized: false } }, 'warning'],
    ['the same for this machine', { host: 'localhost', tls: { rejectUnauthorized: false } }, 'info'],
    [
      'a private authority',
      { host, auth, tls: { ca: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----' } },
      undefined,
    ],
  ],
  'tls-outdated': [
    ['minVersion TLSv1', { host, auth, tls: { minVersion: 'TLSv1' } }, 'error'],
    ['maxVersion TLSv1.1', { host, auth, tls: { maxVersion: 'TLSv1.1' } }, 'error'],
    ['minVersion SSLv3', { host, auth, tls: { minVersion: 'SSLv3' } }, 'error'],
    ['minVersion TLSv1.2', { host, auth, tls: { minVersion: 'TLSv1.2' } }, undefined],
  ],
  'auth-missing': [
    ['no login', { host }, 'warning'],
    ['an empty login', { host, auth: { user: '', pass: '' } }, 'warning'],
    ['no login on this machine', { host: 'localhost' }, undefined],
    ['a login', { host, auth }, undefined],
    ['an incomplete login, which has a finding of its own', { host, auth: { user: 'ada' } }, undefined],
  ],
  'auth-incomplete': [
    ['no password', { host, auth: { user: 'ada' } }, 'error'],
    ['no user', { host, auth: { pass: 'secret' } }, 'error'],
    ['no user, with the field names of a form', { host, password: 'secret' }, 'error'],
    ['a password and a token', { host, auth: { user: 'ada', pass: 'secret', accessToken: 'token' } }, 'error'],
    ['a token', { host, auth: { user: 'ada', accessToken: 'token' } }, undefined],
    ['a token from a function', { host, auth: { user: 'ada', accessToken: () => 'token' } }, undefined],
    ['a password from a function, and no user', { host, auth: { pass: () => 'secret' } }, 'error'],
  ],
  'provider-port': [
    ['a port the provider does not have', { host: 'smtp.gmail.com', port: 2525, auth }, 'warning'],
    [
      'a policy that rules out every port it has',
      { host: 'mail.your-server.de', auth, policy: { implicitTls: 'never' } },
      'error',
    ],
    ['a port it advises against', { host: 'smtp.mailpro.com', port: 465, auth }, 'info'],
    ['a port it has', { host: 'smtp.mailpro.com', port: 2525, auth }, undefined],
    ['any port of another host', { host, port: 2525, auth }, undefined],
  ],
  'provider-auth': [
    ['not the fixed user name', { host: 'smtp.sendgrid.net', auth: { user: 'ada', pass: 'SG.key' } }, 'warning'],
    ['a part of the address', { host: 'smtp.mailpro.com', auth: { user: 'ada', pass: 'secret' } }, 'warning'],
    [
      'a token where there is no OAuth2',
      { host: 'smtp.mailpro.com', auth: { user: 'ada@example.com', accessToken: 't' } },
      'warning',
    ],
    [
      'a password where only special ones work',
      { host: 'smtp.gmail.com', auth: { user: 'ada@gmail.com', pass: 'secret' } },
      'info',
    ],
    ['the fixed user name', { host: 'smtp.loops.so', auth: { user: 'loops', pass: 'key' } }, 'info'],
    [
      'a token where there is OAuth2',
      { host: 'smtp.gmail.com', auth: { user: 'ada@gmail.com', accessToken: 't' } },
      undefined,
    ],
    ['the address and the password', { host: 'smtp.mailpro.com', auth }, undefined],
    ['a provider whose login is undocumented', { host: 'mail.gandi.net', auth }, undefined],
  ],
  'preset-conflict': [
    ['a host that is not the service', { service: 'Gmail', host, auth }, 'warning'],
    ['a port the service does not have', { service: 'Gmail', port: 2525, auth }, 'warning'],
    ['the host of the service', { service: 'Gmail', host: 'smtp.gmail.com', auth }, undefined],
    ['the service alone', { service: 'gmail', auth }, undefined],
  ],
}

describe.each(Object.entries(tables))('%s', (code, cases) => {
  it.each(cases)('%s', (_, settings, severity) => {
    const found = checkSettings(settings).filter((finding) => finding.code === code)
    expect(found.map((finding) => finding.severity)).toEqual(severity ? [severity] : [])
  })
})

const loud = Object.values(tables).flatMap((cases) =>
  cases.filter(([, , severity]) => severity).map(([what, settings]) => [what, settings] as const),
)

it.each(loud)('describes %s in every language, with a reference', (_, settings) => {
  for (const locale of locales) {
    for (const { message, advice, references } of checkSettings(settings, { locale })) {
      expect(`${message} ${advice}`.replaceAll('[hidden]', '')).not.toMatch(/[{}[\]?]/)
      expect(`${message} ${advice}`).not.toContain('secret')
      expect(references.length).toBeGreaterThan(0)
    }
  }
})

/** The finding on one day. */
function on(date: string) {
  const clock = { now: () => Date.parse(date) }
  return checkSettings({ host: 'smtp.office365.com', auth }, { clock }).find(({ code }) => code === 'password-ends')
}

describe('the end of passwords at Microsoft 365', () => {
  it('is announced before, and stated after', () => {
    expect(on('2026-12-30')).toMatchObject({ severity: 'warning', message: expect.stringContaining('From 2026-12-31 on') })
    expect(on('2026-12-31')).toMatchObject({ severity: 'warning', message: expect.stringContaining('Since 2026-12-31') })
  })

  it('comes with the scope to use instead', () => {
    expect(on('2026-06-01')?.advice).toContain('https://outlook.office365.com/.default')
    expect(on('2027-06-01')?.advice).toContain('https://outlook.office365.com/.default')
  })
})
