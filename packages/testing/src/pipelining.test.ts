import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectClient, type SmtpClient } from '../test/smtp-client.ts'
import { type Fault, type Provider, type ProviderOptions, startProvider } from './index.ts'

let provider: Provider

async function start(options?: ProviderOptions): Promise<void> {
  provider = await startProvider(options)
}
afterEach(() => provider.close())

async function loggedInClient(): Promise<SmtpClient> {
  const client = await connectClient(provider, 465)
  await client.startSession()
  await client.login()
  return client
}

/** Sends one packet and returns the codes of the next `replies` replies. */
async function codes(client: SmtpClient, packet: string, replies: number): Promise<string> {
  client.socket.write(Buffer.from(packet, 'latin1'))
  const received: string[] = []
  for (let count = 0; count < replies; count += 1) received.push((await client.reply()).slice(0, 3))
  return received.join(' ')
}

const mail = 'MAIL FROM:<a@example.net>\r\n'
const rcpt = 'RCPT TO:<b@example.net>\r\n'
const noRcpt = 'RCPT TO:<nobody>\r\n'
const body = 'Subject: Packed\r\n\r\n.A line that begins with a dot\r\n'

const bdat = (bytes: string, last = ' LAST') => `BDAT ${Buffer.byteLength(bytes, 'latin1')}${last}\r\n${bytes}`

describe('PIPELINING (RFC 2920)', () => {
  beforeEach(() => start())

  it('answers an envelope and DATA sent in one packet in order', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${rcpt}DATA\r\n`, 4)).toBe('250 250 250 354')
    expect(await codes(client, `${body.replace('\r\n.', '\r\n..')}.\r\n`, 1)).toBe('250')
    expect(provider.messages[0]).toMatchObject({ subject: 'Packed', text: '.A line that begins with a dot' })
    await client.end()
  })

  it('refuses one recipient and accepts the message for the other', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${noRcpt}${rcpt}DATA\r\n`, 4)).toBe('250 501 250 354')
    expect(await codes(client, `${body}.\r\n`, 1)).toBe('250')
    expect(provider.messages[0]).toMatchObject({ to: ['b@example.net'] })
    await client.end()
  })

  it('answers DATA with 503 when every recipient was refused, and continues', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${noRcpt}DATA\r\nRSET\r\n${mail}${rcpt}`, 6)).toBe('250 501 503 250 250 250')
    await client.end()
  })

  it('starts the next message in the packet that ends the previous one', async () => {
    const client = await loggedInClient()
    await codes(client, `${mail}${rcpt}DATA\r\n`, 3)
    expect(await codes(client, `${body}.\r\nRSET\r\n${mail}${rcpt}DATA\r\n`, 5)).toBe('250 250 250 250 354')
    expect(await codes(client, `${body}.\r\nQUIT\r\n`, 2)).toBe('250 221')
    await client.closed()
    expect(provider.messages).toHaveLength(2)
  })
})

it('does not offer PIPELINING with `pipelining: false`', async () => {
  await start({ pipelining: false })
  const client = await connectClient(provider, 465)
  expect(await client.startSession()).not.toContain('PIPELINING')
  await client.end()
})

describe('CHUNKING (RFC 3030)', () => {
  beforeEach(() => start({ chunking: true }))

  it('is offered only with `chunking: true`', async () => {
    const client = await connectClient(provider, 587)
    expect(await client.startSession()).toMatch(/^250[- ]CHUNKING$/m)
    await client.end()

    await using plain = await startProvider()
    const other = await connectClient(plain, 465)
    expect(await other.startSession()).not.toContain('CHUNKING')
    expect(await other.command('BDAT 0 LAST')).toMatch(/^500 /)
    await other.end()
  })

  it('accepts a whole transaction in one packet, byte for byte', async () => {
    const client = await loggedInClient()
    // The end-of-data marker of DATA and a non-ASCII byte are plain data here.
    const odd = `${body}.\r\n..\r\nBDAT 1\r\nä`
    expect(await codes(client, `${mail}${rcpt}${bdat(odd)}QUIT\r\n`, 4)).toBe('250 250 250 221')
    await client.closed()
    expect(provider.messages).toHaveLength(1)
    expect(provider.messages[0]!.raw).toBe(Buffer.from(odd, 'latin1').toString())
  })

  it('accepts several messages in one packet', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${bdat(body)}`.repeat(3), 9)).toBe('250 '.repeat(9).trim())
    expect(provider.messages.map(({ raw }) => raw)).toEqual([body, body, body])
    await client.end()
  })

  it('accepts chunks of any size, in packets of any size', async () => {
    const client = await loggedInClient()
    const whole = body + 'x'.repeat(200_000)
    await codes(client, `${mail}${rcpt}`, 2)
    for (const [from, to] of [[0, 1], [1, 70_000], [70_000, 70_000], [70_000, 200_000]] as const) {
      expect(await codes(client, bdat(whole.slice(from, to), ''), 1)).toBe('250')
    }
    for (const byte of bdat(whole.slice(200_000, 200_010), '')) client.socket.write(byte)
    expect(await client.reply()).toBe('250 2.0.0 10 octets received')
    expect(await codes(client, bdat(whole.slice(200_010)), 1)).toBe('250')
    expect(provider.messages[0]!.raw).toBe(whole)
    await client.end()
  })

  it('ends a message with an empty chunk', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${bdat(body, '')}BDAT 0 LAST\r\n`, 4)).toBe('250 250 250 250')
    expect(await codes(client, `${mail}${rcpt}BDAT 0 LAST\r\n`, 3)).toBe('250 250 250')
    expect(provider.messages.map(({ raw }) => raw)).toEqual([body, ''])
    await client.end()
  })

  it('answers 503 without a recipient, discards the bytes and continues', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${noRcpt}${bdat(body, '')}${bdat(body)}NOOP\r\n`, 5)).toBe('250 501 503 503 250')
    expect(await codes(client, `RSET\r\n${mail}${rcpt}${bdat(body)}`, 4)).toBe('250 250 250 250')
    expect(provider.messages).toHaveLength(1)
    await client.end()
  })

  it('allows neither DATA nor another recipient after a chunk, and discards the message at RSET', async () => {
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${bdat(body, '')}DATA\r\n${rcpt}${mail}`, 6)).toBe('250 250 250 503 503 503')
    expect(await codes(client, `RSET\r\n${mail}${rcpt}${bdat('Subject: Other\r\n\r\n')}`, 4)).toBe('250 250 250 250')
    expect(provider.messages.map(({ subject }) => subject)).toEqual(['Other'])
    expect(await codes(client, `${mail}${rcpt}DATA\r\n`, 3)).toBe('250 250 354')
    expect(await codes(client, `${body}.\r\n`, 1)).toBe('250')
    await client.end()
  })

  it.each(['BDAT', 'BDAT x', 'BDAT -1', 'BDAT 1 FIRST'])('rejects %j', async (line) => {
    const client = await loggedInClient()
    expect(await client.command(line)).toMatch(/^501 5\.5\.4 /)
    await client.end()
  })

  it('refuses a message that is too large', async () => {
    const client = await loggedInClient()
    await codes(client, `${mail}${rcpt}`, 2)
    for (let chunk = 0; chunk < 3; chunk += 1) await codes(client, bdat('x'.repeat(9 * 1024 * 1024), ''), 1)
    expect(await codes(client, 'BDAT 0 LAST\r\n', 1)).toBe('552')
    expect(provider.messages).toEqual([])
    await client.end()
  })

  it('discards a message when the client disconnects', async () => {
    const client = await loggedInClient()
    await codes(client, `${mail}${rcpt}${bdat(body, '')}`, 3)
    client.socket.write('BDAT 100 LAST\r\nhalf')
    await client.end()
    expect(provider.messages).toEqual([])
  })

  it.each<[Fault, string, number]>([
    ['sender-rejected', '550 503 503', 0],
    ['recipient-rejected', '250 550 503', 0],
    ['message-rejected', '250 250 554', 0],
    ['message-deferred', '250 250 451', 0],
    ['drops-in-body', '250 250 ', 0],
    ['drops-after-body', '250 250 ', 1],
  ])('has the same effect under %s as DATA', async (fault, expected, stored) => {
    await provider.fault(465, fault)
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${bdat(body)}`, 3)).toBe(expected)
    expect(provider.messages).toHaveLength(stored)
    await client.end()
  })

  it('gets no reply under hangs-after-body', async () => {
    await provider.fault(465, 'hangs-after-body')
    const client = await loggedInClient()
    expect(await codes(client, `${mail}${rcpt}${bdat(body)}`, 2)).toBe('250 250')
    await provider.waitForMessages(1)
    const received = client.received
    expect(await client.end()).toBe(received)
  })

  it('gets a late reply under holds-after-body', async () => {
    await provider.fault(465, 'holds-after-body')
    const client = await loggedInClient()
    const replies = codes(client, `${mail}${rcpt}${bdat(body)}RSET\r\n`, 4)
    await provider.waitForHeld(465)
    expect(provider.release(465)).toBe(1)
    expect(await replies).toBe('250 250 250 250')
    await client.end()
  })
})
