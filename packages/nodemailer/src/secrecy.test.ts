import { faultNames, type Fault, startProvider } from '@postern/testing'
import { once } from 'node:events'
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { SettingsError } from '@postern/core'
import nodemailer from 'nodemailer'
import { createTransport, submissionTransport } from './index.ts'
import { failureOf, impatient, letter, mailerFor, modes, quick } from '../test/mail.ts'
import { clearTextOf, recorder } from '../test/recorder.ts'
import { ScriptedServer } from '../test/scripted-server.ts'

/** All printed forms of a value. */
function printed(value: unknown): string {
  const error = value as Error
  const json = (() => {
    try {
      return JSON.stringify(value)
    } catch {
      return ''
    }
  })()
  return [String(value), error?.stack, json, inspect(value, { depth: 10, showHidden: true, getters: true })].join('\n')
}

/** All forms of a secret: plain, and in base64 at each offset. */
function formsOf({ user, pass }: { readonly user: string; readonly pass: string }): readonly string[] {
  const inner = ['', 'x', 'xx'].map((before) => {
    const text = Buffer.from(before + pass).toString('base64').replace(/=+$/, '')
    // The first and the last group contain bits of other data.
    return text.slice(before ? 4 : 0, -2)
  })
  return [pass, encodeURIComponent(pass), Buffer.from(`\0${user}\0${pass}`).toString('base64'), ...inner]
}

function ignore(): void {}

describe('clear text', () => {
  // These two would let a client log in without encryption; the others must not change that either.
  const faults = faultNames.filter((fault) => !['refuse', 'black-hole', 'implicit-plain', 'reset', 'silent'].includes(fault))

  it.each(faults)('has only EHLO and STARTTLS before TLS, with the fault %s', async (fault: Fault) => {
    await using provider = await startProvider({ faults: { 587: fault } })
    await using record = await recorder(provider.ports[587])
    const { host, auth, tls } = provider.settings
    const settings = { host, auth, tls, port: record.port, security: 'starttls' } as const
    await mailerFor(settings, { deadline: 1_500, selection: { ...impatient, budgets: { ...impatient.budgets, reply: 400, tls: 400 } } })
      .sendMail(letter)
      .catch(() => {})
    expect(provider.logins.filter(({ secure }) => !secure)).toEqual([])
    expect(provider.messages.filter(({ secure }) => !secure)).toEqual([])
    for (const { client } of record.conversations()) {
      const clear = clearTextOf(client)
      expect(clear).toMatch(/^(?:(?:EHLO \S+\r\n){1,2}(?:STARTTLS\r\n)?)?$/)
      expect(client.startsWith('\u0016') || client === clear || clear.endsWith('STARTTLS\r\n')).toBe(true)
    }
    expect(record.conversations().length).toBeGreaterThan(0)
  })

  it('is used for loopback if configured, without an upgrade to TLS', async () => {
    await using server = await ScriptedServer.start({ EHLO: '250-scripted.test\r\n250-STARTTLS\r\n250 AUTH PLAIN', STARTTLS: '220 go' }, { implicit: false })
    const settings = { host: '127.0.0.1', port: server.port, security: 'none', auth: { user: 'ada', pass: 'secret' } } as const
    await mailerFor(settings).sendMail(letter)
    expect(server.messages).toHaveLength(1)
    expect(server.count('STARTTLS')).toBe(0)
    expect(server.lines.every(({ secure }) => !secure)).toBe(true)
  })

  it.each(['smtp.example.com', '192.0.2.1', '10.0.0.1'])('is refused for %s', (host) => {
    for (const settings of [{ host, security: 'none' }, { host, port: 25, ignoreTLS: true }] as const) {
      expect(() => createTransport(settings)).toThrow(SettingsError)
    }
  })
})

describe.each(modes)('secrets, $mode', ({ pool }) => {
  it('echoed by a server are not in errors, states, reports, events and logs', async () => {
    await using provider = await startProvider({ users: { 'ada@example.net': 'correct:horse/battery+staple é' } })
    const { auth } = provider
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-echo')
    const lines: unknown[] = []
    const log = (...args: unknown[]) => void lines.push(...args)
    const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log, level: log }
    const mailer = mailerFor(provider.settings, { pool, logger, debug: true, transactionLog: true })
    const events: unknown[] = []
    for (const event of ['selected', 'fallback', 'recovered', 'exhausted'] as const) mailer.on(event, (what) => events.push(what))

    const error = await failureOf(mailer.sendMail(letter))
    const notReady = await mailer.ready().catch((error: unknown) => error)
    const seen = [error, error.response, notReady, mailer.state(), await mailer.health(), events, mailer, mailer.transporter, ...lines]
    expect(error.code).toBe('auth-rejected')
    expect(error.response).toContain('[hidden]')
    expect(lines.length).toBeGreaterThan(10)
    const text = seen.map(printed).join('\n')
    for (const form of formsOf(auth)) expect(text).not.toContain(form)
    expect(text).toContain('[hidden]')
  })

  it('echoed by a server are not in the result', async () => {
    await using server = await ScriptedServer.start({ end: '250 2.0.0 queued for correct horse' })
    const info = await mailerFor(server.settings(), { pool }).sendMail(letter)
    expect(info.response).toBe('250 2.0.0 queued for [hidden]')
  })
})

it('are not printed: a transporter prints as its state', async () => {
  await using provider = await startProvider()
  const dkim = { domainName: 'example.net', keySelector: 'a', privateKey: '-----BEGIN RSA PRIVATE KEY-----\nkey-of-dkim' }
  const options = { dkim, proxy: 'http://joe:word-of-proxy@127.0.0.1:9', tls: { ...provider.settings.tls, passphrase: 'word-of-key' } }
  const settings = { ...provider.settings, ...options }
  const mailer = mailerFor(settings)
  const text = [mailer, mailer.transporter, nodemailer.createTransport(submissionTransport(settings))].map(printed).join('\n')
  for (const secret of ['key-of-dkim', 'word-of-proxy', 'word-of-key', provider.auth.pass]) expect(text).not.toContain(secret)
  expect(inspect(mailer)).toMatch(/^Transporter \{\n {2}endpoint: undefined,\n {2}rungs: \[/)
  expect(JSON.parse(JSON.stringify(mailer))).toEqual(JSON.parse(JSON.stringify(mailer.state())))
})

it('of the login of a message are not in its error and the log', async () => {
  await using server = await ScriptedServer.start({ AUTH: '535 5.7.8 not with other battery' })
  const lines: unknown[] = []
  const log = (...args: unknown[]) => void lines.push(...args)
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log, level: log }
  const mailer = mailerFor(server.settings(), { logger, debug: true })
  const error = await failureOf(mailer.sendMail({ ...letter, auth: { user: 'bob', pass: 'other battery' } }))
  expect([error, ...lines].map(printed).join('\n')).not.toContain('other battery')
  expect(lines.map(printed).join('\n')).toContain('not with [hidden]')
  expect(error.response).toBe('535 5.7.8 not with [hidden]')
})

it('are not logged to the console with `logger: true`', async () => {
  const printedLines: string[] = []
  // oxlint-disable-next-line no-console -- where nodemailer's own logger writes
  vi.mocked(console.log).mockImplementation((...args: unknown[]) => void printedLines.push(args.join(' ')))
  await using server = await ScriptedServer.start({ AUTH: '535 5.7.8 not with correct horse' })
  await failureOf(mailerFor(server.settings(), { logger: true, debug: true }).sendMail(letter))
  expect(printedLines.join('\n')).toContain('not with [hidden]')
  expect(printedLines.join('\n')).not.toContain('correct horse')
})

describe('the log of fallbacks', () => {
  it('has every change of port once, as a sentence', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const logged: Record<string, string[]> = { info: [], warn: [], error: [] }
    const at = (level: string) => (entry: { tnx?: string }, message: string, ...args: string[]) => {
      if (entry.tnx === 'postern') logged[level]!.push([message, ...args].join(' | '))
    }
    const logger = { trace: ignore, debug: ignore, info: at('info'), warn: at('warn'), error: at('error'), fatal: ignore, level: ignore }
    let recheck = ignore
    const clock = { now: Date.now, random: () => 0.5, after: (_: number, run: () => void) => ((recheck = run), ignore) }
    const mailer = mailerFor(provider.settings, { logger, selection: { ...quick, clock } })
    await mailer.sendMail(letter)
    expect(logged).toMatchObject({ info: [expect.stringMatching(/Mail goes over/)], error: [] })
    expect(logged.warn).toHaveLength(1)
    expect(logged.warn![0]).toContain(String(provider.ports[2525]))
    expect(logged.warn![0]).toMatch(/refused|listens/i)

    await provider.heal(587)
    const recovered = once(mailer, 'recovered')
    recheck()
    await recovered
    expect(logged.info).toHaveLength(2)
    expect(logged.info![1]).toContain(String(provider.ports[587]))

    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'refuse')
    await failureOf(mailer.sendMail(letter))
    expect(logged.error).toHaveLength(1)
    expect(logged.warn).toHaveLength(1)
  })

  it('has an entry when all ports fail for a single message', async () => {
    await using provider = await startProvider()
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-not-offered')
    const mailer = mailerFor(provider.settings)
    const heard: unknown[] = []
    mailer.on('exhausted', ({ attempts }) => heard.push(attempts.length))
    await failureOf(mailer.sendMail(letter))
    expect(heard).toEqual([3])
  })
})
