import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, send } from '../test/send.ts'
import { base64, talk, Talk } from '../test/talk.ts'
import { type Fault, faultNames, type NominalPort, type Provider, startProvider } from './index.ts'

let provider: Provider

beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

/** On a STARTTLS port and on an implicit one, with the same promise for both. */
const everywhere: readonly NominalPort[] = [587, 465]
const starttls: readonly NominalPort[] = [587, 2525, 25]

/** What a client meets, on which ports, and the proof. */
type FaultPromise = readonly [promise: string, on: readonly NominalPort[], keep: (port: NominalPort) => Promise<void>]

/** One for each fault. */
const promises: Readonly<Record<Fault, FaultPromise>> = {
  refuse: [
    'lets nobody connect',
    everywhere,
    async (port) => {
      expect(await failure(send(provider, port))).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') })
    },
  ],
  'black-hole': [
    'leaves the connect hanging',
    everywhere,
    async (port) => {
      const socket = connect(provider.ports[port], provider.host)
      await new Promise(setImmediate)
      // The proof is in black-hole.test.ts.
      expect(socket.connecting).toBe(true)
      socket.destroy()
    },
  ],
  silent: [
    'accepts and never says a byte',
    everywhere,
    async (port) => {
      const client = new Talk(connect(provider.ports[port], provider.host), provider)
      client.socket.write('EHLO client.test\r\n')
      expect(await client.leave()).toBe('')
    },
  ],
  reset: [
    'accepts and resets',
    everywhere,
    async (port) => {
      const socket = connect(provider.ports[port], provider.host)
      expect(await failure(once(socket, 'close'))).toMatchObject({ code: 'ECONNRESET' })
    },
  ],

  'bad-banner': [
    'greets like another protocol and understands no SMTP',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      client.socket.write('EHLO client.test\r\n')
      expect(await client.leave()).toBe('SSH-2.0-OpenSSH_9.6\r\n')
    },
  ],
  'http-banner': [
    'answers like a web server',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      expect(await client.leave()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    },
  ],
  'greeting-rejected': [
    'turns everybody away with 554',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.ended()
      expect(client.heard).toBe('554 5.3.2 No mail service here\r\n')
    },
  ],
  'greeting-deferred': [
    'asks everybody to come back later with 421',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.ended()
      expect(client.heard).toBe('421 4.3.2 Too busy, try again later\r\n')
    },
  ],
  'greeting-flood': [
    'greets without end and without a line end',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      expect(await client.hears(256 * 1024)).toMatch(/^x+$/)
      client.socket.destroy()
    },
  ],

  'ehlo-rejected': [
    'greets, then refuses EHLO and HELO with 550',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      expect(await client.reply()).toMatch(/^220 /)
      expect(await client.say('EHLO client.test')).toMatch(/^550 /)
      expect(await client.say('HELO client.test')).toMatch(/^550 /)
      await client.leave()
    },
  ],
  'ehlo-endless': [
    'answers EHLO with continuation lines for ever',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      client.socket.write('EHLO client.test\r\n')
      expect((await client.hears(64 * 1024)).slice(0, 64 * 1024)).toMatch(/^220 .*\r\n(250-X\r\n)+/)
      client.socket.destroy()
    },
  ],
  drip: [
    'answers EHLO byte by byte, and works',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      const before = client.pieces
      const answer = await client.say('EHLO client.test')
      expect(answer).toMatch(/^250-mail\.postern\.test .*\r\n250-/)
      expect(client.pieces - before).toBeGreaterThan(20)
      await client.leave()
      await send(provider, port)
    },
  ],

  'no-starttls': [
    'works, without any encryption',
    starttls,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      expect(await client.say('EHLO client.test')).not.toContain('STARTTLS')
      expect(await client.say('STARTTLS')).toMatch(/^502 /)
      await client.leave()

      expect(await failure(send(provider, port))).toMatchObject({ code: 'ETLS' })
      expect(provider.logins).toEqual([])
      await send(provider, port, { requireTLS: false })
      expect(provider.messages).toMatchObject([{ secure: false, user: provider.auth.user }])
      expect(provider.logins).toMatchObject([{ secure: false, ok: true }])
    },
  ],
  'starttls-refused': [
    'offers STARTTLS and refuses it with 454',
    starttls,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      expect(await client.say('EHLO client.test')).toContain('STARTTLS')
      expect(await client.say('STARTTLS')).toBe('454 4.7.0 TLS not available, try again later')
      await client.leave()
    },
  ],
  'starttls-injection': [
    'slips plaintext in behind the reply to STARTTLS, in the same packet, and works',
    starttls,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      await client.say('EHLO client.test')
      const pieces = client.pieces
      expect(await client.say('STARTTLS')).toMatch(/^220 /)
      expect(client.pieces - pieces).toBe(1)
      expect(await client.reply()).toBe('250 2.0.0 injected')
      await client.encrypt()
      expect(await client.say('EHLO client.test')).toContain('AUTH')
      await client.leave()
    },
  ],
  'starttls-hangs': [
    'agrees to STARTTLS and never answers the handshake',
    starttls,
    async (port) => {
      const client = await talk(provider, port)
      await client.reply()
      await client.say('EHLO client.test')
      expect(await client.say('STARTTLS')).toMatch(/^220 /)
      const before = client.heard
      client.socket.write(Buffer.from('16030100', 'hex'))
      expect(await client.leave()).toBe(before)
    },
  ],
  'tls-outdated': [
    'speaks TLS 1.1 at most',
    everywhere,
    async (port) => {
      expect((await failure(send(provider, port))).message).toMatch(/protocol version|unsupported protocol/)
      const client = await talk(provider, port, outdated)
      await client.open(outdated)
      expect((client.socket as ReturnType<typeof connectTls>).getProtocol()).toBe('TLSv1.1')
      await client.leave()
    },
  ],
  'implicit-plain': [
    'greets in plaintext where TLS is expected',
    [465],
    async (port) => {
      const client = new Talk(connect(provider.ports[port], provider.host), provider)
      expect(await client.reply()).toMatch(/^220 /)
      await client.leave()
      expect((await failure(send(provider, port))).message).toMatch(/wrong version number|packet length too long/)
    },
  ],
  'plain-implicit': [
    'expects TLS at once where a greeting is expected',
    starttls,
    async (port) => {
      const client = new Talk(connect(provider.ports[port], provider.host), provider)
      client.socket.write('EHLO client.test\r\n')
      await client.ended()
      expect(client.heard).not.toContain('220')

      const socket = connectTls({ port: provider.ports[port], host: provider.host, ca: provider.ca })
      await once(socket, 'secureConnect')
      const secure = new Talk(socket, provider)
      expect(await secure.reply()).toMatch(/^220 /)
      await secure.leave()
    },
  ],

  'bad-certificate': ['shows a certificate that no authority signed', everywhere, certificateFails(/self-signed/)],
  'certificate-expired': ['shows a certificate of the past', everywhere, certificateFails(/certificate has expired/)],
  'certificate-not-yet-valid': [
    'shows a certificate of the future',
    everywhere,
    certificateFails(/certificate is not yet valid/),
  ],
  'certificate-name': [
    'shows the certificate of another host',
    everywhere,
    certificateFails(/not in the cert's list|does not match certificate's altnames/),
  ],

  'auth-not-offered': [
    'offers no login, knows none, and takes mail from anyone',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      expect(await client.open()).not.toContain('AUTH')
      expect(await client.login()).toMatch(/^500 /)
      expect(await client.send()).toMatch(/^250 /)
      expect(provider.messages).toMatchObject([{ user: undefined }])
      await client.leave()
    },
  ],
  'auth-rejected': [
    'refuses every login with 535',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      expect(await client.login()).toMatch(/^535 5\.7\.8 /)
      expect(provider.logins).toMatchObject([{ port, ok: false, mechanism: 'PLAIN', secure: true }])
      await client.leave()
    },
  ],
  'auth-temporary': [
    'puts every login off with 454',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      expect(await client.login()).toMatch(/^454 4\.7\.0 /)
      await client.leave()
    },
  ],
  'auth-drops': [
    'closes the connection instead of answering the login',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      expect(await client.login()).toBe('')
      await client.ended()
      expect(provider.logins).toMatchObject([{ port, ok: false }])
    },
  ],
  'auth-echo': [
    'says the credentials aloud in its refusal, decoded and as they were sent',
    everywhere,
    async (port) => {
      const { user, pass } = provider.auth
      const client = await talk(provider, port)
      await client.open()
      const plain = await client.login()
      expect(plain).toMatch(/^535 /)
      expect(plain).toContain(pass)
      expect(plain).toContain(base64(`\0${user}\0${pass}`))

      await client.say('AUTH LOGIN')
      await client.say(base64(user))
      expect(await client.say(base64(pass))).toContain(`${base64(user)} ${base64(pass)}`)

      const token = base64(`user=${user}\u0001auth=Bearer t0ken\u0001\u0001`)
      const bearer = await client.say(`AUTH XOAUTH2 ${token}`)
      expect(bearer).toContain('t0ken')
      expect(bearer).toContain(token)
      await client.leave()
    },
  ],
  'auth-endless': [
    'answers everything in a login with another 334',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      expect(await client.login()).toBe('334')
      for (let round = 0; round < 50; round += 1) expect(await client.say('Kg==')).toBe('334')
      await client.leave()
    },
  ],

  'sender-rejected': ['refuses every sender with 550', everywhere, (port) => refuses(port, 'MAIL FROM', 550)],
  'recipient-rejected': ['refuses every recipient with 550', everywhere, (port) => refuses(port, 'RCPT TO', 550)],
  'message-rejected': ['refuses every message with 554', everywhere, (port) => refuses(port, 'DATA', 554)],
  'message-deferred': ['puts every message off with 451', everywhere, (port) => refuses(port, 'DATA', 451)],
  'drops-at-mail': [
    'closes the connection instead of answering MAIL',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      await client.login()
      expect(await client.say('MAIL FROM:<a@example.net>')).toBe('')
      await client.ended()
    },
  ],
  'drops-in-body': [
    'closes the connection when the message has begun, and keeps none of it',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      await client.login()
      await client.say('MAIL FROM:<a@example.net>')
      await client.say('RCPT TO:<b@example.net>')
      expect(await client.say('DATA')).toMatch(/^354 /)
      expect(await client.say('Subject: cut off')).toBe('')
      await client.ended()
      expect(provider.messages).toEqual([])
    },
  ],
  'drops-after-body': [
    'takes the message, then closes the connection instead of saying so',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      await client.login()
      expect(await client.send('Taken')).toBe('')
      await client.ended()
      expect(provider.messages).toMatchObject([{ subject: 'Taken', port }])
    },
  ],
  'hangs-after-body': [
    'takes the message, then never says so',
    everywhere,
    async (port) => {
      const client = await talk(provider, port)
      await client.open()
      await client.login()
      const reply = client.send('Taken')
      await provider.waitForMessage(({ subject }) => subject === 'Taken')
      const before = client.heard
      expect(await client.leave()).toBe(before)
      expect(await reply).toBe('')
    },
  ],
  'holds-at-mail': ['holds the reply to MAIL back until it is released', everywhere, (port) => holds(port, 0)],
  'holds-at-rcpt': ['holds the reply to RCPT back until it is released', everywhere, (port) => holds(port, 1)],
  'holds-at-data': ['holds the reply to DATA back until it is released', everywhere, (port) => holds(port, 2)],
  'holds-after-body': [
    'takes the message, and holds the reply back until it is released',
    everywhere,
    async (port) => {
      await holds(port, 3)
      expect(provider.messages).toHaveLength(1)
    },
  ],
}

const outdated = { minVersion: 'TLSv1', maxVersion: 'TLSv1.2', ciphers: 'DEFAULT:@SECLEVEL=0' } as const

function certificateFails(reason: RegExp): (port: NominalPort) => Promise<void> {
  return async (port) => {
    expect((await failure(send(provider, port))).message).toMatch(reason)
    expect(provider.logins).toEqual([])
  }
}

/** The reply to this command of a transaction comes when it is released, and the next is held back again. */
async function holds(port: NominalPort, step: number): Promise<void> {
  const client = await talk(provider, port)
  await client.open()
  await client.login()
  const commands = ['MAIL FROM:<a@example.net>', 'RCPT TO:<b@example.net>', 'DATA', 'Subject: Slow\r\n\r\nA few words.\r\n.']
  for (const command of commands.slice(0, step)) expect(await client.say(command)).toMatch(/^[23]/)
  const heard = client.heard
  const held = provider.waitForHeld(port)
  const reply = client.say(commands[step]!)
  await held
  expect(client.heard).toBe(heard)
  expect(provider.release(port)).toBe(1)
  expect(await reply).toMatch(step === 2 ? /^354 / : /^250 /)
  expect(provider.release(port)).toBe(0)
  await client.leave()
}

async function refuses(port: NominalPort, command: string, responseCode: number): Promise<void> {
  expect(await failure(send(provider, port))).toMatchObject({ command, responseCode })
  expect(provider.messages).toEqual([])
}

describe.each(faultNames)('%s', (fault) => {
  const [promise, ports, keep] = promises[fault]

  it.each(ports)(`${promise}, on %i`, async (port) => {
    expect.hasAssertions()
    await provider.fault(port, fault)
    await keep(port)
  })

  it('is gone after healing', async () => {
    const [port = 587] = ports
    await provider.fault(port, fault)
    await provider.heal(port)
    await send(provider, port, { subject: 'Healed' })
    expect(provider.messages.at(-1)).toMatchObject({ subject: 'Healed', port })
  })
})
