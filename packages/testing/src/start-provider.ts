import { randomBytes } from 'node:crypto'
import { createCertificates } from './certificates.ts'
import type { Fault } from './fault.ts'
import { faultNames, faultPlans } from './faults.ts'
import { unavailability } from './unavailable-faults.ts'
import { HeldReplies } from './held-replies.ts'
import { Limiter } from './limiter.ts'
import { Mailbox } from './mailbox.ts'
import { forEachPort, type NominalPort, nominalPorts, securityOf } from './nominal-port.ts'
import { behaviorFactory } from './port-behavior.ts'
import type { Provider, ProviderOptions, ProviderSettings } from './provider.ts'
import { ProviderPort } from './provider-port.ts'
import { Users } from './users.ts'

/**
 * Starts a mail provider in this process: SMTP on four ports, TLS with its own certificate authority, logins and a
 * mailbox. It keeps the process alive until it is closed.
 *
 * @throws Error for an unknown port or fault, an invalid limit or no user; the system's error when a port is not available
 * @example
 * const provider = await startProvider({ faults: { 587: 'black-hole' } })
 * // … send mail with provider.settings …
 * console.log(provider.messages[0]?.subject)
 * await provider.close()
 */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const { host: address = '127.0.0.1', users = randomUser() } = options
  const { requireAuth = true, pipelining = true, chunking = false } = options
  const limiter = new Limiter()
  limiter.set(options.limits ?? {})
  const faults = readFaults(options.faults ?? {})
  const auth = firstUser(users)
  const host = connectAddress(address)

  const certificates = await createCertificates(host)
  const mailbox = new Mailbox()
  const accounts = new Users(users)
  const heldReplies = forEachPort(() => new HeldReplies())
  const context = { mailbox, users: accounts, limiter, heldReplies, requireAuth, pipelining, chunking, certificates }
  const createBehavior = behaviorFactory(context)
  const opened = await openPorts(async (port) =>
    ProviderPort.open(realPort(options, port), address, await createBehavior(port)),
  )

  const ports = Object.freeze(forEachPort((port) => opened[port].port))
  let closing: Promise<void> | undefined

  const provider: Provider = {
    host,
    ports,
    ca: certificates.ca,
    auth,
    settings: settingsFor(host, ports, auth, certificates.ca),
    messages: mailbox.messages,
    logins: accounts.logins,
    get connections() {
      return forEachPort((port) => opened[port].connections)
    },
    async fault(port, fault) {
      const nominal = findPort(port, ports)
      assertOpen(closing)
      assertFault(nominal, fault)
      await opened[nominal].replace(() => createBehavior(nominal, fault))
    },
    async heal(port) {
      const nominal = findPort(port, ports)
      assertOpen(closing)
      await opened[nominal].replace(() => createBehavior(nominal))
    },
    limit(next) {
      assertOpen(closing)
      limiter.set(next)
    },
    overLimit: limiter.overLimit,
    release: (port) => heldReplies[findPort(port, ports)].release(),
    waitForHeld: async (port, count = 1, wait) => await heldReplies[findPort(port, ports)].waitFor(count, wait),
    setSecret: (user, secret) => accounts.setSecret(user, secret),
    waitForMessage: (matches = () => true, wait) => mailbox.waitFor((messages) => messages.find(matches), wait),
    waitForMessages: (count, wait) =>
      mailbox.waitFor((messages) => (messages.length >= count ? [...messages] : undefined), wait),
    close() {
      closing ??= closeAll(opened).then(() => {
        mailbox.close()
        for (const port of nominalPorts) heldReplies[port].close()
      })
      return closing
    },
    [Symbol.asyncDispose]: () => provider.close(),
  }

  try {
    await Promise.all(faults.map(([port, fault]) => provider.fault(port, fault)))
  } catch (error) {
    await provider.close()
    throw error
  }
  return provider
}

function randomUser(): Record<string, string> {
  return { 'app@postern.test': randomBytes(18).toString('base64url') }
}

function firstUser(users: Readonly<Record<string, string>>): ProviderSettings['auth'] {
  const [first] = Object.entries(users)
  if (!first) throw new Error('`users` is empty: add at least one user or leave the option out')
  return { user: first[0], pass: first[1] }
}

/** The address to connect to, also when listening on all addresses. */
function connectAddress(address: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address
}

function readFaults(faults: NonNullable<ProviderOptions['faults']>): [NominalPort, Fault][] {
  return Object.entries(faults).map(([name, fault]) => {
    const port = findPort(Number(name))
    assertFault(port, fault)
    return [port, fault]
  })
}

function realPort({ ports = {} }: ProviderOptions, port: NominalPort): number {
  for (const name of Object.keys(ports)) findPort(Number(name))
  return ports[port] ?? 0
}

type OpenedPorts = Readonly<Record<NominalPort, ProviderPort>>

async function openPorts(open: (port: NominalPort) => Promise<ProviderPort>): Promise<OpenedPorts> {
  const results = await Promise.allSettled(nominalPorts.map(open))
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await Promise.all(opened.map((port) => port.close()))
    throw failed.reason
  }
  return forEachPort((port) => opened[nominalPorts.indexOf(port)] as ProviderPort)
}

async function closeAll(opened: OpenedPorts): Promise<void> {
  await Promise.all(nominalPorts.map((port) => opened[port].close()))
}

function settingsFor(
  host: string,
  ports: Provider['ports'],
  auth: ProviderSettings['auth'],
  ca: string,
): ProviderSettings {
  const ladder = [587, 2525, 465] as const
  return {
    host,
    auth,
    tls: { ca },
    candidates: ladder.map((port) => ({ port: ports[port], security: securityOf(port) })),
  }
}

function findPort(port: number, real?: Provider['ports']): NominalPort {
  const found = nominalPorts.find((nominal) => nominal === port) ?? nominalPorts.find((name) => real?.[name] === port)
  if (found) return found
  throw new Error(`There is no port ${port}. The ports are ${nominalPorts.join(', ')}`)
}

function assertOpen(closing: Promise<void> | undefined): void {
  if (closing) throw new Error('The provider is closed')
}

function assertFault(port: NominalPort, fault: Fault): void {
  const plan = Object.hasOwn(faultPlans, fault) ? faultPlans[fault] : undefined
  if (!plan) throw new Error(`There is no fault '${fault}'. The faults are ${faultNames.join(', ')}`)
  const reason = unavailability(fault)
  if (reason) throw new Error(reason)
  if (!plan.only || plan.only === securityOf(port)) return
  const fitting = nominalPorts.filter((name) => securityOf(name) === plan.only)
  throw new Error(`The fault '${fault}' does not apply to port ${port}, only to ${fitting.join(', ')}`)
}
