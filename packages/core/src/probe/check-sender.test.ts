import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { MailServer, type Script } from '../../test/mail-server.ts'
import type { FailureCode, Stage } from '../failure/failure.ts'
import { NoUsableEndpointError } from '../selection/no-usable-endpoint-error.ts'
import { createEndpointSelector } from '../selection/selector.ts'
import { SettingsError } from '../settings/settings-error.ts'
import type { SenderCheck } from '../smtp/sender-check.ts'
import { probe, type ProbeOptions } from './probe.ts'
import { surveyPorts } from './survey.ts'

const sender = 'app@example.com'
const both = { from: sender, to: 'postmaster@example.org' }

let provider: Provider
afterEach(() => provider?.close())

async function probeWith(fault: Fault | undefined, options: ProbeOptions = {}) {
  provider = await startProvider({ faults: fault ? { 587: fault } : {} })
  const { host, ports, auth, settings } = provider
  return await probe({ host, port: ports[587], security: 'starttls' }, { auth, tls: settings.tls, checkSender: sender, ...options })
}

/** Probes a scripted server without TLS, and returns what the client sent. */
async function dialogue(script: Script, checkSender: SenderCheck, offer = ['AUTH PLAIN']) {
  await using server = await MailServer.start(script, { offer })
  const report = await probe({ host: '127.0.0.1', port: server.port, security: 'none' }, { auth: { user: 'ada', pass: 'hunter2' }, checkSender })
  await server.quiet()
  return { report, lines: server.lines.map((line) => line.replace(/^(?:EHLO|AUTH).*/, (given) => given.slice(0, 4))) }
}

describe('the check of the sender', () => {
  it('asks for sender and recipient after the login, and sends no message', async () => {
    const { report, lines } = await dialogue({}, both)
    expect(report).toMatchObject({ ok: true, login: { outcome: 'accepted' } })
    expect(report.stages.map(({ stage }) => stage).slice(-3)).toEqual(['auth', 'mail', 'rcpt'])
    expect(lines).toEqual(['EHLO', 'AUTH', 'MAIL FROM:<app@example.com>', 'RCPT TO:<postmaster@example.org>', 'RSET', 'QUIT'])
  })

  it('uses the sender as the recipient by default', async () => {
    const { lines } = await dialogue({}, sender)
    expect(lines).toContain('RCPT TO:<app@example.com>')
  })

  it.each([
    [['AUTH PLAIN', 'SMTPUTF8'], 'MAIL FROM:<gr\u00fc\u00dfe@example.com> SMTPUTF8'],
    [['AUTH PLAIN'], 'MAIL FROM:<gr\u00fc\u00dfe@example.com>'],
  ])('with %j sends an international address as %s', async (offer, line) => {
    const { lines } = await dialogue({}, 'gr\u00fc\u00dfe@example.com', offer)
    expect(lines.map((one) => Buffer.from(one, 'latin1').toString())).toContain(line)
  })

  it('sends an international domain as the envelope of a message has it', async () => {
    const { lines } = await dialogue({}, 'app@gr\u00fc\u00dfe.example')
    expect(lines).toContain('MAIL FROM:<app@xn--gre-6ka8l.example>')
  })

  it.each<[script: Script, code: FailureCode, stage: Stage]>([
    [{ MAIL: '550 5.7.1 Not your address' }, 'sender-rejected', 'mail'],
    [{ MAIL: '451 4.3.0 Later' }, 'sender-rejected', 'mail'],
    [{ MAIL: '354 What?' }, 'protocol-error', 'mail'],
    [{ MAIL: '550 5.7.30 Basic authentication is not supported' }, 'auth-rejected', 'mail'],
    [{ RCPT: '550 5.1.1 No such user' }, 'recipient-rejected', 'rcpt'],
    [{ RCPT: '554 5.7.1 Relay access denied' }, 'recipient-rejected', 'rcpt'],
    // Postfix: smtpd_delay_reject.
    [{ RCPT: '553 5.7.1 <app@example.com>: Sender address rejected: not owned by user ada' }, 'sender-rejected', 'rcpt'],
    [{ RCPT: '450 4.1.8 <app@example.com>: Sender address rejected: Domain not found' }, 'sender-rejected', 'rcpt'],
    // Exim.
    [{ RCPT: '550-Verification failed for <app@example.com>\r\n550 Sender verify failed' }, 'sender-rejected', 'rcpt'],
    [{ RCPT: '450 4.7.1 Too many messages, try again in 60 seconds' }, 'rate-limited', 'rcpt'],
  ])('reads %j as %s', async (script, code, stage) => {
    const { report, lines } = await dialogue(script, both)
    expect(report).toMatchObject({ ok: false, login: { outcome: 'accepted' }, failure: { code, stage } })
    expect(lines.filter((line) => /^(?:DATA|BDAT)/.test(line))).toEqual([])
  })

  it('reports a lost connection', async () => {
    const { report } = await dialogue({ RCPT: (peer) => void peer.socket.destroy() }, both)
    expect(report).toMatchObject({ ok: false, failure: { code: 'connection-lost', stage: 'rcpt' } })
  })

  it.each<[fault: Fault, code: FailureCode]>([
    ['sender-rejected', 'sender-rejected'],
    ['recipient-rejected', 'recipient-rejected'],
  ])('with the fault "%s" has %s and an advice', async (fault, code) => {
    const { failure } = await probeWith(fault)
    expect(failure).toMatchObject({ code, advice: expect.stringMatching(/\w/) })
    expect(provider.messages).toEqual([])
  })

  it('is not made if the login is refused', async () => {
    const { stages, failure } = await probeWith('auth-rejected')
    expect(failure?.code).toBe('auth-rejected')
    expect(stages.at(-1)?.stage).toBe('auth')
  })

  it('is off by default', async () => {
    const { ok, stages } = await probeWith('sender-rejected', { checkSender: undefined })
    expect([ok, stages.at(-1)?.stage]).toEqual([true, 'auth'])
  })

  it.each<[what: string, checkSender: unknown, paths: string[]]>([
    ['a line break', 'app@example.com\r\nDATA', ['checkSender']],
    ['an angle bracket', 'app@example.com> SIZE=1 <', ['checkSender']],
    ['NUL', 'app@example.com\0', ['checkSender']],
    ['a display name', 'App <app@example.com>', ['checkSender']],
    ['no domain', 'app', ['checkSender']],
    ['an empty text', '', ['checkSender']],
    ['a number', { from: 1 }, ['checkSender.from', 'checkSender.to']],
    ['a wrong recipient', { from: sender, to: 'x y@example.com' }, ['checkSender.to']],
  ])('rejects %s before it connects', async (_what, checkSender, paths) => {
    const options = { checkSender: checkSender as SenderCheck, dial: () => Promise.reject(new Error('no connection needed')) }
    const checks = [
      () => probe({ host: '127.0.0.1', port: 587, security: 'starttls' }, options),
      () => surveyPorts({ host: '127.0.0.1' }, options),
    ]
    for (const check of checks) {
      const error: unknown = await check().catch((error: unknown) => error)
      expect(SettingsError.isInstance(error) && error.issues.map(({ path }) => path)).toEqual(paths)
    }
    const selector = createEndpointSelector({ host: '127.0.0.1' }, { dial: options.dial })
    await expect(selector.examine(options)).rejects.toMatchObject({ code: 'invalid-settings' })
  })

  it('needs the login, if there is one', async () => {
    await expect(probeWith(undefined, { login: false })).rejects.toMatchObject({ issues: [{ path: 'checkSender' }] })
  })

  it('sends no address unencrypted to another machine', async () => {
    const endpoint = { host: '192.0.2.1', port: 587, security: 'none' } as const
    await expect(probe(endpoint, { checkSender: sender })).rejects.toMatchObject({ issues: [{ path: 'security' }] })
  })
})

describe('a survey with a sender', () => {
  it('asks once, on the recommended port', async () => {
    provider = await startProvider({ faults: { 587: 'refuse', 2525: 'sender-rejected', 465: 'sender-rejected' } })
    const survey = await surveyPorts(provider.settings, { checkSender: both })
    expect(survey).toMatchObject({ ok: false, recommended: { port: provider.ports[2525] }, diagnosis: { code: 'sender-rejected' } })
    expect(survey.ports.map(({ failure }) => failure?.code)).toEqual(['connect-refused', 'sender-rejected', undefined])
    expect(provider.logins).toHaveLength(1)
  })

  it('asks without a login, too', async () => {
    provider = await startProvider({ requireAuth: false, faults: { 587: 'recipient-rejected' } })
    const { auth: _auth, ...settings } = provider.settings
    expect(await surveyPorts(settings, { checkSender: both })).toMatchObject({ ok: false, diagnosis: { code: 'recipient-rejected' } })
  })
})

async function selectorWith(faults: Partial<Record<587 | 2525, Fault>>) {
  provider = await startProvider({ faults })
  const selector = createEndpointSelector(provider.settings)
  onTestFinished(() => selector.close())
  const heard: string[] = []
  for (const event of ['selected', 'fallback', 'exhausted'] as const) selector.on(event, () => heard.push(event))
  return { selector, heard }
}

describe('examine() with a sender', () => {
  it('asks after a login, even if the login is known to work', async () => {
    const { selector } = await selectorWith({})
    await selector.examine()
    await selector.examine({ checkSender: both })
    await selector.examine()
    expect(provider.logins).toHaveLength(2)
    expect(provider.messages).toEqual([])
  })

  it('keeps the endpoint if the sender is refused', async () => {
    const { selector, heard } = await selectorWith({ 587: 'sender-rejected' })
    const error: unknown = await selector.examine({ checkSender: both }).catch((error: unknown) => error)
    expect(NoUsableEndpointError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ diagnosis: { code: 'sender-rejected' }, attempts: [{ outcome: 'failed', stage: 'mail', failure: { replyCode: 550 } }] })
    expect(heard).toEqual(['selected'])
    expect(selector.state()).toMatchObject({ endpoint: { port: provider.ports[587] }, rungs: [{ status: 'up' }, {}, {}] })
    expect(provider.connections).toMatchObject({ 2525: 0, 465: 0 })
    await expect(selector.examine()).resolves.toMatchObject({ port: provider.ports[587] })
  })
})
