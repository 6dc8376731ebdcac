import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { NoUsableEndpointError, parseSettings, selectEndpoint } from '@postern/core'
import { createTransport, DeliveryError, type Transporter } from '@postern/nodemailer'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FirewallRules, type PostfixServer, startPostfix } from '../src/postfix/index.ts'

let postfix: PostfixServer
let transport: Transporter | undefined

beforeAll(async () => {
  postfix = await startPostfix()
})
afterEach(async () => {
  transport?.close()
  await postfix.firewall({})
})
afterAll(() => postfix.close())

/** Firewall rules, and the port that is used despite them. */
const situations: readonly (readonly [name: string, rules: FirewallRules, port: number])[] = [
  ['all ports open', {}, 587],
  ['587 dropped', { 587: 'drop' }, 2525],
  ['587 rejected', { 587: 'reject' }, 2525],
  ['587 silent', { 587: 'silent' }, 2525],
  ['587 and 2525 dropped', { 587: 'drop', 2525: 'drop' }, 465],
]

describe.each([
  ['one connection per message', false],
  ['pooled', true],
])('Postfix behind a firewall, %s', (_, pool) => {
  it.each(situations)('%s: the message arrives once', async (_, rules, port) => {
    await postfix.firewall(rules)
    const marker = randomUUID()
    await send({ pool, marker })
    await waitUntilSelected(port)
    expect(await postfix.waitForMessage(marker)).toHaveLength(1)
  })

  it('all ports dropped: rejects with every attempt and its cause, and nothing arrives', async () => {
    await postfix.firewall({ 587: 'drop', 2525: 'drop', 465: 'drop' })
    const marker = randomUUID()
    const error: unknown = await send({ pool, marker, deadline: 20_000, endpointTimeout: 5_000 }).catch((error: unknown) => error)

    if (!DeliveryError.isInstance(error)) throw error
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true })
    expect(error.attempts.map(({ endpoint, failure }) => [endpoint.port, failure?.code])).toEqual([
      [587, 'connect-timeout'],
      [2525, 'connect-timeout'],
      [465, 'connect-timeout'],
    ])
    await postfix.firewall({})
    expect((await postfix.messages()).filter((message) => message.includes(marker))).toEqual([])
  })

})

describe('587 is dropped between two messages', () => {
  it.each([
    ['one connection per message', false],
    // On a connection idle for two seconds, a message waits for the reply to its envelope.
    ['pooled, idle connection', true],
  ])('%s: falls back, and each arrives once', async (_, pool) => {
    const markers = [randomUUID(), randomUUID()] as const
    await send({ pool, marker: markers[0] })
    if (pool) await pause(2_500)
    await postfix.firewall({ 587: 'drop' })
    await sendWith(transport!, markers[1])
    await waitUntilSelected(2525)
    for (const marker of markers) expect(await postfix.waitForMessage(marker)).toHaveLength(1)
  })

  it('pooled, recently used connection: one message waits for its reply, the others fall back, and none arrives twice', async () => {
    const [first, stuck, ...others] = Array.from({ length: 12 }, () => randomUUID()) as [string, string, ...string[]]
    await send({ pool: true, marker: first, maxConnections: 1, deadline: 90_000 })
    await postfix.firewall({ 587: 'drop' })
    const sending = sendWith(transport!, stuck).then(
      () => 'accepted',
      (error: unknown) => (DeliveryError.isInstance(error) ? error.delivery : String(error)),
    )
    await Promise.all(others.map((marker) => sendWith(transport!, marker)))
    await waitUntilSelected(2525)
    for (const marker of [first, ...others]) expect(await postfix.waitForMessage(marker)).toHaveLength(1)
    // The packets of the stuck message may or may not arrive now.
    await postfix.firewall({})
    const outcome = await sending
    expect(['accepted', 'unknown']).toContain(outcome)
    // Resolves once Postfix's queue is empty.
    await postfix.waitForMessage(first)
    const copies = (await postfix.messages()).filter((message) => message.includes(stuck)).length
    expect(copies).toBeGreaterThanOrEqual(outcome === 'accepted' ? 1 : 0)
    expect(copies).toBeLessThanOrEqual(1)
  })
})

describe('selectEndpoint on Postfix', () => {
  it('selects 587 with a verified certificate and logs in', async () => {
    const { endpoint, report } = await selectEndpoint(settings(), { login: true })
    expect(endpoint).toEqual({ host: postfix.host, port: 587, security: 'starttls' })
    expect(report).toMatchObject({ ok: true, tls: { verified: true }, login: { mechanism: expect.any(String) } })
  })

  it('tries a wrong password once and no other port', async () => {
    const wrong = { ...settings(), auth: { ...postfix.auth, pass: 'wrong' } }
    const error: unknown = await selectEndpoint(wrong, { login: true }).catch((error: unknown) => error)
    if (!NoUsableEndpointError.isInstance(error)) throw error
    expect(error.attempts.map(({ endpoint, failure }) => [endpoint.port, failure?.code])).toEqual([[587, 'auth-rejected']])
  })
})

function settings() {
  return parseSettings(postfix.settings)
}

/** Resolves once this port is selected, which may be after the first message was sent. */
async function waitUntilSelected(port: number): Promise<void> {
  if (transport!.endpoint?.port !== port) {
    await Promise.race([once(transport!, 'selected'), once(transport!, 'fallback')])
  }
  expect(transport!.endpoint?.port).toBe(port)
}

interface Send {
  readonly pool: boolean
  readonly marker: string
  readonly deadline?: number
  readonly endpointTimeout?: number
  readonly maxConnections?: number
}

function send({ marker, ...options }: Send) {
  transport = createTransport(settings(), options)
  return sendWith(transport, marker)
}

function sendWith(to: Transporter, marker: string) {
  return to.sendMail({ from: postfix.auth.user, to: postfix.recipient, subject: marker, text: 'A message.' })
}
