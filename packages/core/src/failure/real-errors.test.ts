import { Resolver } from 'node:dns/promises'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import type { Security } from '../endpoint.ts'
import { createSettingsCheck, type SettingsCheckResult } from '../guard/settings-check.ts'
import { probe } from '../probe/probe.ts'
import { selectEndpoint } from '../probe/select-endpoint.ts'
import { SecretError } from '../settings/secret-error.ts'
import type { LoginSettings, TlsSettings } from '../settings/settings.ts'
import { DeadlineReached } from '../smtp/bounded.ts'
import { defaultBudgets } from '../smtp/budgets.ts'
import { resolveHost } from '../smtp/resolve.ts'
import { Session } from '../smtp/session.ts'
import { textsFor } from '../text/index.ts'
import { diagnose } from './diagnose.ts'
import type { FailureCode, Stage } from './failure.ts'

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())

/** A cause, a function that returns the error, and the expected stage. */
type Case = readonly [what: string, fail: () => Promise<unknown>, stage: Stage]

const ports = { starttls: 587, implicit: 465 } as const

/** At least one error for each code, produced with real sockets. */
const cases: Readonly<Record<FailureCode, readonly Case[]>> = {
  'dns-not-found': [['a name server that replies NXDOMAIN', () => resolving('replies'), 'dns']],
  'dns-timeout': [['a name server that does not reply', () => resolving('is silent'), 'dns']],
  'connect-refused': [
    ['nodemailer', () => sending('refuse'), 'connect'],
    ['nodemailer with implicit TLS', () => sending('refuse', 'implicit'), 'connect'],
    ['node:net', () => failing(connect({ host: provider.host, port: 1 })), 'connect'],
    ['node:tls', () => failing(connectTls({ host: provider.host, port: 1 })), 'connect'],
    [
      'node:net with several addresses',
      () => failing(connect({ host: 'localhost', port: 1, autoSelectFamily: true })),
      'connect',
    ],
  ],
  'connect-timeout': [['nodemailer', () => sending('black-hole', 'starttls', { connectionTimeout: 100 }), 'connect']],
  'network-unreachable': [
    [
      'a local address that this machine does not have',
      () => failing(connect({ host: provider.host, port: 1, localAddress: '203.0.113.77' })),
      'connect',
    ],
  ],
  'greeting-timeout': [
    ['nodemailer', () => sending('silent', 'starttls', { greetingTimeout: 100 }), 'greeting'],
    [
      'nodemailer, on a port that expects TLS',
      () => sending('plain-implicit', 'starttls', { greetingTimeout: 100 }),
      'greeting',
    ],
  ],
  'greeting-rejected': [
    ['nodemailer, 554', () => sending('greeting-rejected'), 'greeting'],
    ['nodemailer, 421', () => sending('greeting-deferred'), 'greeting'],
  ],
  'not-smtp': [
    ['nodemailer, an SSH server', () => sending('bad-banner'), 'greeting'],
    ['nodemailer, a web server', () => sending('http-banner'), 'greeting'],
  ],
  // A client that waits for a greeting only sees silence; the probe detects TLS with a second connection.
  'tls-expected': [
    ['the probe, with a second connection', () => probing('plain-implicit'), 'greeting'],
  ],
  'starttls-expected': [
    ['nodemailer with secure: true', () => sending('implicit-plain', 'implicit'), 'tls'],
    ['node:tls', () => failing(connectTls({ host: provider.host, port: provider.ports[587] })), 'tls'],
    ['Postern', () => session('implicit-plain', 'implicit'), 'tls'],
  ],
  'ehlo-rejected': [
    ['nodemailer with requireTLS', () => sending('ehlo-rejected'), 'ehlo'],
    ['nodemailer without', () => sending('ehlo-rejected', 'implicit'), 'ehlo'],
  ],
  'starttls-not-offered': [
    ['nodemailer', () => sending('no-starttls'), 'starttls'],
    ['Postern', () => session('no-starttls'), 'starttls'],
  ],
  'starttls-rejected': [
    ['nodemailer', () => sending('starttls-refused'), 'starttls'],
    ['Postern', () => session('starttls-refused'), 'starttls'],
  ],
  'starttls-injection': [['Postern', () => session('starttls-injection'), 'starttls']],
  'tls-handshake': [
    ['node:tls, no cipher in common', () => handshaking(), 'tls'],
    [
      'Postern, plain text after STARTTLS',
      () => session('none', 'starttls', ['220 a.example', '250-a.example\r\n250 STARTTLS', '220 go', 'no TLS']),
      'tls',
    ],
  ],
  'tls-version': [
    ['nodemailer with STARTTLS', () => sending('tls-outdated'), 'tls'],
    ['nodemailer with implicit TLS', () => sending('tls-outdated', 'implicit'), 'tls'],
    ['Postern', () => session('tls-outdated'), 'tls'],
  ],
  'certificate-expired': certificate('certificate-expired'),
  'certificate-not-yet-valid': certificate('certificate-not-yet-valid'),
  'certificate-name': certificate('certificate-name'),
  'certificate-untrusted': certificate('bad-certificate'),
  'certificate-changed': [
    ['Postern, another certificate than the pinned one', () => session('none', 'starttls', undefined, {}, undefined, { fingerprints: [`sha256:${'0'.repeat(64)}`] }), 'tls'],
  ],
  'auth-not-offered': [
    [
      'nodemailer with forceAuth',
      () => talking(['220 a.example', '250 a.example', '503 AUTH used when not advertised'], { forceAuth: true }),
      'auth',
    ],
    ['Postern', () => session('auth-not-offered'), 'auth'],
  ],
  'auth-mechanism': [
    [
      'a mechanism the server does not know',
      () => talking(['220 a.example', '250-a.example\r\n250 AUTH X', '504 5.5.4 Unrecognized']),
      'auth',
    ],
  ],
  'auth-rejected': [
    [
      'nodemailer, where Gmail wants an app password',
      () => talking(['220 a.example', '250-a.example\r\n250 AUTH PLAIN', '534 5.7.9 Application-specific password required']),
      'auth',
    ],
    ['nodemailer', () => sending('auth-rejected'), 'auth'],
    ['nodemailer, from a server that repeats the password', () => sending('auth-echo'), 'auth'],
    ['Postern', () => session('auth-rejected'), 'auth'],
  ],
  'auth-temporary': [['nodemailer', () => sending('auth-temporary'), 'auth']],
  'auth-secret-missing': [['the probe, where a function says why it has no secret', () => probing('drip', { user: 'ada', accessToken: revoked }), 'auth']],
  'auth-required': [['nodemailer without a login', () => sending('none', 'starttls', { auth: undefined }), 'mail']],
  'rate-limited': [
    ['nodemailer', () => sending('rate-limited'), 'greeting'],
    ['Postern', () => session('rate-limited'), 'greeting'],
  ],
  'sender-rejected': [['nodemailer', () => sending('sender-rejected'), 'mail']],
  'recipient-rejected': [['nodemailer', () => sending('recipient-rejected'), 'rcpt']],
  'message-rejected': [
    ['nodemailer, 554', () => sending('message-rejected'), 'data'],
    ['nodemailer, 451', () => sending('message-deferred'), 'data'],
  ],
  'message-too-large': [
    [
      'nodemailer, 552 5.3.4',
      () => talking(['220 a.example', '250 a.example', '552 5.3.4 Message size exceeds fixed limit'], { auth: undefined }),
      'mail',
    ],
  ],
  'require-tls-not-offered': [
    [
      'nodemailer, REQUIRETLS with a server that lacks it',
      () => sending('none', 'starttls', {}, { requireTLSExtensionEnabled: true }),
      'mail',
    ],
  ],
  'envelope-invalid': [['nodemailer, no recipients', () => sending('none', 'starttls', {}, { to: [] }), 'mail']],
  'message-unreadable': [
    [
      'nodemailer, an attachment that does not exist',
      () => sending('none', 'starttls', {}, { attachments: [{ path: '/nowhere/at/all' }] }),
      'data',
    ],
    [
      'nodemailer, a web server that is down',
      () => sending('none', 'starttls', {}, { attachments: [{ href: 'http://127.0.0.1:1/' }] }),
      'data',
    ],
  ],
  'connection-lost': [
    ['nodemailer, at MAIL', () => sending('drops-at-mail'), 'connect'],
    ['nodemailer, in the message', () => sending('drops-in-body'), 'connect'],
    ['nodemailer, at once', () => sending('reset'), 'connect'],
    ['node:net', () => reset(), 'connect'],
  ],
  'reply-timeout': [
    ['nodemailer', () => sending('hangs-after-body', 'starttls', { socketTimeout: 300 }), 'connect'],
    ['Postern', () => session('starttls-hangs', 'starttls', undefined, { tls: 100 }), 'tls'],
  ],
  'protocol-error': [
    ['nodemailer, an invalid reply to MAIL', () => talking(['220 a.example', '250 a.example', 'pardon?']), 'mail'],
    [
      'nodemailer, an undefined reply code',
      () => talking(['220 a.example', '250 a.example', '250 ok', '250 ok', '999 odd']),
      'data',
    ],
    [
      'nodemailer, a success in the middle of a login',
      () => talking(['220 a.example', '250-a.example\r\n250 AUTH LOGIN', '250 ok']),
      'auth',
    ],
    ['Postern', () => session('none', 'starttls', ['220 a.example', 'pardon?']), 'ehlo'],
  ],
  'reply-too-large': [
    ['nodemailer', () => sending('greeting-flood', 'starttls', { maxResponseSize: 4_096 }), 'connect'],
    ['Postern', () => session('ehlo-endless'), 'ehlo'],
  ],
  deadline: [
    [
      'Postern',
      () => session('silent', 'starttls', undefined, {}, AbortSignal.abort(new DeadlineReached(100))),
      'connect',
    ],
  ],
  aborted: [
    ['nodemailer', () => sending('none', 'starttls', {}, { signal: AbortSignal.abort() }), 'connect'],
    [
      'node:events',
      () => caught(once(connect(provider.ports[587], provider.host), 'never', { signal: AbortSignal.abort() })),
      'connect',
    ],
    ['Postern', () => session('silent', 'starttls', undefined, {}, AbortSignal.abort()), 'connect'],
  ],
  'target-forbidden': [
    ['the guard, for a server on this machine', () => guarded(), 'dns'],
  ],
  'no-usable-endpoint': [
    [
      'Postern',
      () => caught(selectEndpoint({ host: provider.host, candidates: [{ port: 1, security: 'starttls' }] })),
      'connect',
    ],
  ],
}

describe.each(Object.entries(cases))('%s', (code, ways) => {
  it.each(ways)('%s', async (_, fail, stage) => {
    const error = await fail()
    expect(error).toBeInstanceOf(Error)
    const failure = diagnose(error)
    expect({ code: failure.code, stage: failure.stage }).toEqual({ code, stage })
    expect(`${failure.message} ${failure.advice}`).not.toMatch(/[{}?]|NaN|undefined/)
    expect(JSON.stringify(failure)).not.toContain(provider.auth.pass)
  })
})

it('has a case for every failure code', () => {
  expect(Object.keys(cases).toSorted()).toEqual(Object.keys(textsFor('en').failures).toSorted())
})

it('names the given host and port, in the given language', async () => {
  const error = await sending('auth-rejected')
  expect(diagnose(error, { host: 'mail.example', port: 587, locale: 'de' }).message).toBe(
    'Der Server mail.example:587 hat diesen Benutzernamen mit diesem Passwort nicht akzeptiert (535 5.7.8).',
  )
  expect(diagnose(error).message).toBe('The server did not accept this user name with this password (535 5.7.8).')
})

it.each([undefined, null, 'text', 7, {}, new Error('what?')])('returns a failure for %j', (error) => {
  expect(diagnose(error).code).toBe('connection-lost')
})

function certificate(fault: Fault): readonly Case[] {
  return [
    ['nodemailer with STARTTLS', () => sending(fault), 'tls'],
    ['nodemailer with implicit TLS', () => sending(fault, 'implicit'), 'tls'],
    [
      'node:tls',
      () =>
        withFault(fault, 'implicit', () =>
          failing(connectTls({ host: provider.host, port: provider.ports[465], ca: provider.ca })),
        ),
      'tls',
    ],
    ['Postern', () => session(fault), 'tls'],
  ]
}

/** The error of plain nodemailer when the provider has this fault. */
function sending(
  fault: Fault | 'none',
  security: keyof typeof ports = 'starttls',
  options: object = {},
  mail: object = {},
): Promise<unknown> {
  return withFault(fault, security, async () => {
    const { host, auth, ca } = provider
    const transport = createTransport({
      host,
      port: provider.ports[ports[security]],
      secure: security === 'implicit',
      requireTLS: security === 'starttls',
      auth,
      tls: { ca },
      ...options,
    })
    const error = await caught(
      transport.sendMail({ from: 'a@example.net', to: 'b@example.net', text: 'Hello', ...mail }),
    )
    transport.close()
    return error
  })
}

/** The error of plain nodemailer with a server that sends these replies, one per command. */
async function talking(lines: readonly string[], options: object = {}): Promise<unknown> {
  return await withScript(lines, async (port) => {
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      secure: false,
      auth: { user: 'ada', pass: 'secret' },
      ...options,
    })
    const error = await caught(transport.sendMail({ from: 'a@example.net', to: 'b@example.net', text: 'Hello' }))
    transport.close()
    return error
  })
}

/** The error of Postern's `Session`. */
function session(
  fault: Fault | 'none',
  security: keyof typeof ports & Security = 'starttls',
  lines?: readonly string[],
  budgets: Partial<typeof defaultBudgets> = {},
  signal: AbortSignal = new AbortController().signal,
  tls: TlsSettings = { ca: provider.ca },
): Promise<unknown> {
  const run = async (port: number) => {
    const own = new Session(
      { host: provider.host, port, security },
      {
        settings: { host: provider.host, clientName: '[127.0.0.1]', auth: provider.auth, tls },
        clock: systemClock,
        resolve: (bounds) => resolveHost(provider.host, bounds),
        budgets: { ...defaultBudgets, ...budgets },
        locale: 'en',
        signal,
      },
    )
    return await caught(
      own
        .greet()
        .then(() => own.secure())
        .then(() => own.helloAndAuth(true)),
    )
  }
  return lines ? withScript(lines, run) : withFault(fault, security, () => run(provider.ports[ports[security]]))
}

async function withFault<T>(fault: Fault | 'none', security: keyof typeof ports, run: () => Promise<T>): Promise<T> {
  if (fault === 'none') return await run()
  await provider.fault(ports[security], fault)
  try {
    return await run()
  } finally {
    await provider.heal(ports[security])
  }
}

async function withScript<T>(lines: readonly string[], run: (port: number) => Promise<T>): Promise<T> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    const rest = [...lines]
    const say = () => {
      const next = rest.shift()
      if (next !== undefined) socket.write(`${next}\r\n`)
    }
    socket.on('error', () => {}).on('data', say)
    say()
  })
  const port = await listening(server)
  try {
    return await run(port)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** An error with the failure that the probe reports for a port with a fault. */
async function probing(fault: Fault, auth?: LoginSettings): Promise<unknown> {
  await provider.fault(587, fault)
  const endpoint = { host: provider.host, port: provider.ports[587], security: 'starttls' } as const
  const { failure } = await probe(endpoint, { auth, tls: { ca: provider.ca }, budgets: { greeting: 200 } })
  await provider.heal(587)
  return Object.assign(new Error('probed'), { failure })
}

function revoked(): never {
  throw new SecretError({ code: 'revoked', message: 'It was revoked.', advice: 'Sign in again.', retryable: false })
}

/** An error with the code that the settings check returns. */
async function guarded(): Promise<unknown> {
  const { body } = await createSettingsCheck()({ body: { settings: { host: provider.host }, probe: true } })
  const [port] = (JSON.parse(body ?? '') as SettingsCheckResult).ports
  return Object.assign(new Error('guarded'), { code: port?.code, stage: 'dns' })
}

async function failing(socket: Socket): Promise<unknown> {
  const [error] = (await once(socket, 'error', {}).catch((thrown: unknown) => [thrown])) as [unknown]
  socket.destroy()
  return error
}

async function reset(): Promise<unknown> {
  const server = createServer((socket) => socket.on('error', () => {}).resetAndDestroy())
  const port = await listening(server)
  const error = await failing(connect(port, '127.0.0.1'))
  server.close()
  return error
}

async function handshaking(): Promise<unknown> {
  const server = createTlsServer({ ciphers: 'ECDHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' })
  server.on('tlsClientError', () => {})
  const port = await listening(server)
  const error = await failing(connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }))
  server.close()
  return error
}

/** Queries a local name server. Its NXDOMAIN reply is the query with the response flags set. */
async function resolving(manner: 'replies' | 'is silent'): Promise<unknown> {
  const server = createSocket('udp4', (question, from) => {
    if (manner === 'is silent') return
    question.writeUInt16BE(0x8183, 2)
    server.send(question, from.port, from.address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const resolver = new Resolver({ timeout: 50, tries: 1 })
  resolver.setServers([`127.0.0.1:${server.address().port}`])
  const error = await caught(resolver.resolve4('smtp.example.com'))
  server.close()
  return error
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    return error
  }
}
