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

/** What the firewall does, and the port that carries the mail all the same. */
const situations: readonly (readonly [name: string, rules: FirewallRules, port: number])[] = [
  ['all ports open', {}, 587],
  ['587 dropped', { 587: 'drop' }, 2525],
  ['587 rejected', { 587: 'reject' }, 2525],
  ['587 accepting, and silent', { 587: 'silent' }, 2525],
  ['587 and 2525 dropped', { 587: 'drop', 2525: 'drop' }, 465],
]

describe.each([
  ['one connection a message', false],
  ['pooled', true],
])('a real Postfix behind a firewall, %s', (_, pool) => {
  it.each(situations)('%s: the message arrives once', async (_, rules, port) => {
    await postfix.firewall(rules)
    const marker = randomUUID()
    await send({ pool, marker })
    await untilUsed(port)
    expect(await postfix.waitForMessage(marker)).toHaveLength(1)
  })

  it('all ports dropped: says so, with every attempt and its cause, within the deadline, and nothing arrives', async () => {
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

describe('587 closes between two messages on a real Postfix', () => {
  it.each([
    ['one connection a message', false],
    // After two seconds, a message waits for the reply to its envelope.
    ['pooled, on a connection that was idle', true],
  ])('%s: falls back, and neither is lost or doubled', async (_, pool) => {
    const markers = [randomUUID(), randomUUID()] as const
    await send({ pool, marker: markers[0] })
    if (pool) await pause(2_500)
    await postfix.firewall({ 587: 'drop' })
    await sendWith(transport!, markers[1])
    await untilUsed(2525)
    for (const marker of markers) expect(await postfix.waitForMessage(marker)).toHaveLength(1)
  })

  it('pooled, on a connection that was just used: one message waits for its reply, the others fall back, and none is doubled', async () => {
    const [first, stuck, ...others] = Array.from({ length: 12 }, () => randomUUID()) as [string, string, ...string[]]
    await send({ pool: true, marker: first, maxConnections: 1, deadline: 90_000 })
    await postfix.firewall({ 587: 'drop' })
    const sending = sendWith(transport!, stuck).then(
      () => 'accepted',
      (error: unknown) => (DeliveryError.isInstance(error) ? error.delivery : String(error)),
    )
    await Promise.all(others.map((marker) => sendWith(transport!, marker)))
    await untilUsed(2525)
    for (const marker of [first, ...others]) expect(await postfix.waitForMessage(marker)).toHaveLength(1)
    // Its packets arrive after all, or never.
    await postfix.firewall({})
    const outcome = await sending
    expect(['accepted', 'unknown']).toContain(outcome)
    // The queue is empty.
    await postfix.waitForMessage(first)
    const copies = (await postfix.messages()).filter((message) => message.includes(stuck)).length
    expect(copies).toBeGreaterThanOrEqual(outcome === 'accepted' ? 1 : 0)
    expect(copies).toBeLessThanOrEqual(1)
  })
})

describe('a real Postfix, examined', () => {
  it('is reached on 587 with a verified certificate, and takes the login', async () => {
    const { endpoint, report } = await selectEndpoint(settings(), { login: true })
    expect(endpoint).toEqual({ host: postfix.host, port: 587, security: 'starttls' })
    expect(report).toMatchObject({ ok: true, tls: { verified: true }, login: { mechanism: expect.any(String) } })
  })

  it('refuses a wrong password once, and no other port is asked', async () => {
    const wrong = { ...settings(), auth: { ...postfix.auth, pass: 'wrong' } }
    const error: unknown = await selectEndpoint(wrong, { login: true }).catch((error: unknown) => error)
    if (!NoUsableEndpointError.isInstance(error)) throw error
    expect(error.attempts.map(({ endpoint, failure }) => [endpoint.port, failure?.code])).toEqual([[587, 'auth-rejected']])
  })
})

function settings() {
  return parseSettings(postfix.settings)
}

/** A message does not wait until it is decided which port is used from now on. Resolves when it is this one. */
async function untilUsed(port: number): Promise<void> {
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
