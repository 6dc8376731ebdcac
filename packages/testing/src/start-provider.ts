import { randomBytes } from 'node:crypto'
import { createCertificates } from './certificates.ts'
import { Door } from './door.ts'
import type { Fault } from './fault.ts'
import { faultNames, faultPlans } from './faults.ts'
import { Holds } from './holds.ts'
import { LimitKeeper } from './limit-keeper.ts'
import { Mailbox } from './mailbox.ts'
import { forEachPort, type NominalPort, nominalPorts, securityOf } from './nominal-port.ts'
import type { Provider, ProviderOptions, ProviderSettings } from './provider.ts'
import { createTenants } from './tenants.ts'
import { Users } from './users.ts'

/**
 * Starts a mail provider in this process: SMTP on four ports, encryption by its own certificate authority, logins and a
 * mailbox. Close it when done, or the process stays.
 *
 * @throws Error for a port or fault that does not exist, or no user; the system's own error when a port cannot be had
 * @example
 * const provider = await startProvider({ faults: { 587: 'black-hole' } })
 * // … send mail with provider.settings …
 * console.log(provider.messages[0]?.subject)
 * await provider.close()
 */
export async function startProvider(options: ProviderOptions = {}): Promise<Provider> {
  const { host: address = '127.0.0.1', users = randomUser() } = options
  const { requireAuth = true, pipelining = true, chunking = false } = options
  const limits = new LimitKeeper()
  limits.set(options.limits ?? {})
  const faults = readFaults(options.faults ?? {})
  const auth = firstUser(users)
  const host = reachable(address)

  const certificates = await createCertificates(host)
  const mailbox = new Mailbox()
  const people = new Users(users)
  const holds = forEachPort(() => new Holds())
  const tenants = createTenants({ mailbox, users: people, limits, holds, requireAuth, pipelining, chunking, certificates })
  const doors = await openDoors(async (port) => Door.open(realPort(options, port), address, await tenants(port)))

  const ports = Object.freeze(forEachPort((port) => doors[port].port))
  let closing: Promise<void> | undefined

  const provider: Provider = {
    host,
    ports,
    ca: certificates.ca,
    auth,
    settings: settingsFor(host, ports, auth, certificates.ca),
    messages: mailbox.messages,
    logins: people.logins,
    get connections() {
      return forEachPort((port) => doors[port].connections)
    },
    async fault(port, fault) {
      const nominal = findPort(port, ports)
      assertOpen(closing)
      assertFault(nominal, fault)
      await doors[nominal].move(() => tenants(nominal, fault))
    },
    async heal(port) {
      const nominal = findPort(port, ports)
      assertOpen(closing)
      await doors[nominal].move(() => tenants(nominal))
    },
    limit(next) {
      assertOpen(closing)
      limits.set(next)
    },
    turnedAway: limits.turnedAway,
    release: (port) => holds[findPort(port, ports)].release(),
    waitForHeld: async (port, count = 1, wait) => await holds[findPort(port, ports)].until(count, wait),
    setSecret: (user, secret) => people.change(user, secret),
    waitForMessage: (matches = () => true, wait) => mailbox.wait((messages) => messages.find(matches), wait),
    waitForMessages: (count, wait) =>
      mailbox.wait((messages) => (messages.length >= count ? [...messages] : undefined), wait),
    close() {
      closing ??= closeAll(doors).then(() => {
        mailbox.close()
        for (const port of nominalPorts) holds[port].close()
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
  if (!first) throw new Error('`users` is empty: name at least one user, or leave it out')
  return { user: first[0], pass: first[1] }
}

/** Where to connect to when listening everywhere. */
function reachable(address: string): string {
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

async function openDoors(open: (port: NominalPort) => Promise<Door>): Promise<Record<NominalPort, Door>> {
  const results = await Promise.allSettled(nominalPorts.map(open))
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) {
    await Promise.all(opened.map((door) => door.close()))
    throw failed.reason
  }
  return forEachPort((port) => opened[nominalPorts.indexOf(port)] as Door)
}

async function closeAll(doors: Readonly<Record<NominalPort, Door>>): Promise<void> {
  await Promise.all(nominalPorts.map((port) => doors[port].close()))
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
  if (!plan.only || plan.only === securityOf(port)) return
  const fitting = nominalPorts.filter((name) => securityOf(name) === plan.only)
  throw new Error(`The fault '${fault}' makes no sense on port ${port}. It fits ${fitting.join(', ')}`)
}
