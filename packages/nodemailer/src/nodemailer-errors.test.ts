import { type Fault, type Provider, startProvider } from '@postern/testing'
import nodemailer, { type NodemailerError } from 'nodemailer'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { letter, mailerFor } from '../test/mail.ts'

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterEach(() => provider.heal(587))
afterAll(() => provider.close())

/** A single port, as in nodemailer, with short timeouts for tests that wait for them. */
const settings = () => {
  const { host, ports, auth, ca } = provider
  return { host, port: ports[587], requireTLS: true, auth: { ...auth }, tls: { ca }, greetingTimeout: 1_500, socketTimeout: 1_500 }
}

/** nodemailer, and Postern with the same settings. */
const both = () => {
  const theirs = nodemailer.createTransport(settings())
  onTestFinished(() => theirs.close())
  return [theirs, mailerFor(settings(), { selection: {} })] as const
}

type Fact = 'code' | 'command' | 'responseCode'

/** The properties of nodemailer's errors that programs read. The command of a login includes the mechanism: `AUTH PLAIN`. */
function factsOf({ code, command, responseCode }: Pick<NodemailerError, Fact>): Record<Fact, unknown> {
  return { code, command: command?.replace(/^AUTH .*/, 'AUTH'), responseCode }
}

async function rejectionOf(sending: Promise<unknown>): Promise<NodemailerError> {
  const error: unknown = await sending.then(
    () => new Error('It was accepted.'),
    (reason: unknown) => reason,
  )
  return error as NodemailerError
}

const ofConnections: readonly Fault[] = [
  'refuse',
  'silent',
  'reset',
  'http-banner',
  'greeting-rejected',
  'greeting-deferred',
  'ehlo-rejected',
  'starttls-refused',
  'tls-outdated',
  'bad-certificate',
  'certificate-expired',
  'certificate-name',
  'auth-rejected',
  'auth-temporary',
  'auth-drops',
]
const ofMessages: readonly Fault[] = ['sender-rejected', 'recipient-rejected', 'message-rejected', 'message-deferred', 'drops-at-mail', 'drops-in-body', 'drops-after-body', 'hangs-after-body']

describe("the cause of an error is nodemailer's", () => {
  it.each([...ofConnections, ...ofMessages])('of sendMail() with the fault %s', async (fault) => {
    await provider.fault(587, fault)
    const [theirs, ours] = await Promise.all(both().map((mailer) => rejectionOf(mailer.sendMail(letter))))
    expect(factsOf(ours!.cause as NodemailerError)).toEqual(factsOf(theirs!))
  })

  it.each(ofConnections)('of verify() with the fault %s', async (fault) => {
    await provider.fault(587, fault)
    const [theirs, ours] = await Promise.all(both().map((mailer) => rejectionOf(mailer.verify())))
    expect(ours).toMatchObject({ code: 'no-usable-endpoint' })
    expect(factsOf(ours!.cause as NodemailerError)).toEqual(factsOf(theirs!))
  })

  it('of verify() if the login is known to be refused', async () => {
    await provider.fault(587, 'auth-rejected')
    const mailer = mailerFor(settings())
    await rejectionOf(mailer.sendMail(letter))
    expect(await rejectionOf(mailer.verify())).toMatchObject({ diagnosis: { code: 'auth-rejected' }, cause: { code: 'EAUTH', command: 'AUTH' } })
  })

  it.each([
    ['refuse', 'ESOCKET'],
    ['silent', 'ETIMEDOUT'],
    ['no-starttls', 'ETLS'],
  ] as const)('by the common reason of all ports: %s is %s', async (fault, code) => {
    await using failing = await startProvider({ faults: { 587: fault, 2525: fault } })
    const candidates = ([587, 2525] as const).map((port) => ({ port: failing.ports[port], security: 'starttls' as const }))
    const mailer = mailerFor({ ...failing.settings, candidates }, { selection: {}, greetingTimeout: 500 })
    expect(await rejectionOf(mailer.sendMail(letter))).toMatchObject({ code: 'no-usable-endpoint', cause: { code } })
  })
})
