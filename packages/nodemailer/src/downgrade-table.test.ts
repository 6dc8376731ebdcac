import { type Endpoint, parseSettings, planEndpoints, type SmtpSettings } from '@postern/core'
import { type Fault, type NominalPort, type Provider, startProvider } from '@postern/testing'
import { expect, it } from 'vitest'
import { letter, mailerFor, unhurried } from '../test/mail.ts'
import { clearTextOf, recorder, type Recorder } from '../test/recorder.ts'

/** The ladders of the table. In the last four, the port is set by the caller. */
const policies: readonly (readonly [name: string, settings: Partial<SmtpSettings>])[] = [
  ['default', {}],
  ["`policy: { implicitTls: 'first' }`", { policy: { implicitTls: 'first' } }],
  ["`policy: { implicitTls: 'never' }`", { policy: { implicitTls: 'never' } }],
  ['`policy: { allowPort25: true }`', { policy: { allowPort25: true } }],
  ["`policy: { allowCleartext: 'always' }`", { policy: { allowCleartext: 'always' } }],
  ['`port: 587`', { port: 587 }],
  ['`port: 2525`', { port: 2525 }],
  ['`port: 465`', { port: 465 }],
  ['`port: 25`', { port: 25 }],
]

interface Behaviour {
  readonly fault: Fault
  /** For a port with implicit TLS; null if there is no such fault. */
  readonly implicit?: Fault | null
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  refused: { fault: 'refuse' },
  silent: { fault: 'silent' },
  reset: { fault: 'reset' },
  'no STARTTLS (465: no TLS)': { fault: 'no-starttls', implicit: 'implicit-plain' },
  'STARTTLS refused': { fault: 'starttls-refused', implicit: null },
  'plain text after STARTTLS': { fault: 'starttls-injection', implicit: null },
  'TLS 1.1 only': { fault: 'tls-outdated' },
  'untrusted certificate': { fault: 'bad-certificate' },
  'expired certificate': { fault: 'certificate-expired' },
  'certificate for another name': { fault: 'certificate-name' },
}

const cases = policies.flatMap(([policy, settings]) => {
  const ladder = planEndpoints(parseSettings({ host: 'localhost', ...settings }))
  return ladder.flatMap((endpoint, rung) =>
    Object.entries(behaviours).flatMap(([behaviour, { fault, implicit = fault }]) => {
      const applied = endpoint.security === 'implicit' ? implicit : fault
      return applied ? [{ policy, settings, ladder, rung, behaviour, fault: applied }] : []
    }),
  )
})

type Case = (typeof cases)[number]

/** Enough for the ports that work on a busy machine, and short for those that stay silent. */
const patience = { timing: unhurried.timing, budgets: { ...unhurried.budgets, greeting: 3_000, tls: 3_000 } }

it(
  'docs/downgrades.md has what Postern did with every port and policy, and what crossed the wire in clear text',
  async () => {
    const rows = new Map<Case, Promise<string>>()
    // These wait for a timeout, so they run side by side.
    for (const one of cases) if (one.fault === 'silent') rows.set(one, rowOf(one))
    await Promise.all(rows.values())
    for (const one of cases) {
      if (!rows.has(one)) rows.set(one, rowOf(one))
      await rows.get(one)
    }
    await expect(page(await Promise.all(cases.map((one) => rows.get(one)!)))).toMatchFileSnapshot('../../../docs/downgrades.md')
  },
  300_000,
)

/** Sends a message while the ports before the one under test refuse connections, and those after it work. */
async function rowOf({ policy, settings, ladder, rung, behaviour, fault }: Case): Promise<string> {
  const tested = ladder[rung]!.port as NominalPort
  const faults = Object.fromEntries(ladder.slice(0, rung).map(({ port }) => [port, 'refuse' as const]))
  await using provider = await startProvider({ faults: { ...faults, [tested]: fault } })
  await using wires = await wiresTo(provider, ladder, { ...faults, [tested]: fault })
  const { host, auth, tls } = provider.settings
  const candidates = ladder.map(({ port, security }) => ({ port: wires.portOf(port), security }))
  const mailer = mailerFor({ host, auth, tls, clientName: 'app.example.com', ...settings, port: undefined, candidates }, { selection: patience })
  const failures = new Map<number, string>()
  mailer.on('attempt', ({ endpoint, failure }) => failure && failures.set(endpoint.port, failure.code))
  const isSent = await mailer.sendMail(letter).then(
    () => true,
    () => false,
  )
  mailer.close({ force: true })

  expect(provider.logins.filter(({ secure }) => !secure)).toEqual([])
  const [message] = provider.messages
  expect(provider.messages.map(({ secure }) => secure)).toEqual(isSent ? [true] : [])
  for (const { client } of wires.all()) expect(clearTextOf(client)).toMatch(/^(?:EHLO app\.example\.com\r\n(?:STARTTLS\r\n)?)?$/)

  const did = `\`${failures.get(wires.portOf(tested))}\`, ${message ? `sent over ${message.port} under TLS` : 'not sent'}`
  const [client, server] = (['client', 'server'] as const).map((side) => shown(wires.at(tested).map((wire) => clearTextOf(wire[side]))))
  return `| ${policy} | ${tested} | ${behaviour} | ${did} | ${client} | ${server} |`
}

/** A recorder in front of every port of the ladder, except those that refuse connections. */
async function wiresTo(provider: Provider, ladder: readonly Endpoint[], faults: Readonly<Partial<Record<number, Fault>>>) {
  const recorders = new Map<number, Recorder>()
  for (const { port } of ladder) {
    if (faults[port] !== 'refuse') recorders.set(port, await recorder(provider.ports[port as NominalPort]))
  }
  return {
    portOf: (port: number) => recorders.get(port)?.port ?? provider.ports[port as NominalPort],
    at: (port: number) => recorders.get(port)?.conversations() ?? [],
    all: () => [...recorders.values()].flatMap(({ conversations }) => conversations()),
    async [Symbol.asyncDispose]() {
      for (const one of recorders.values()) await one[Symbol.asyncDispose]()
    },
  }
}

/** The commands and reply codes of the clear text, without 500: a server without TLS reads commands from the random bytes of a handshake. */
function shown(clear: readonly string[]): string {
  const words = clear.flatMap((text) => text.split('\r\n')).flatMap((line) => /^(?:[A-Z]+|(?!500)\d{3}(?= ))/.exec(line) ?? [])
  return words.map((word) => `\`${word}\``).join(' ') || 'nothing'
}

function page(rows: readonly string[]): string {
  return `# What Postern does when a port is blocked, downgraded or impersonated

An attacker on the network can block a port, remove STARTTLS from a reply, or answer with another certificate. A client that chooses its port and encryption by itself must not
be led to clear text by that ("TLS and Auto-detect in Email Ecosystems", NDSS 2025, found covert downgrades in 49 clients). This page shows what Postern does.

Each row is a send with a login, to servers that run in the test: the port of the row behaves as stated, the ports before it in the ladder refuse connections, and those after it
work. A port without STARTTLS would accept the login and the message in clear text, and the host is \`127.0.0.1\`, for which Postern would accept \`security: 'none'\`.

The last two columns have everything outside TLS records on that port, recorded by a proxy: the commands of the client and the reply codes of the server.

Nothing but \`EHLO\`, with the name of the client, and \`STARTTLS\` is sent in clear text, on any port, with any policy.

This page is written by \`packages/nodemailer/src/downgrade-table.test.ts\`, which fails if a row differs. To write it again: \`npx vitest run src/downgrade-table.test.ts --update\`.

| policy | port | the port | Postern | clear text from the client | from the server |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}
