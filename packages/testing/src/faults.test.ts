import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, send } from '../test/send.ts'
import { base64, connectClient, SmtpClient } from '../test/smtp-client.ts'
import { type Fault, faultNames, type NominalPort, type Provider, startProvider } from './index.ts'

let provider: Provider

beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

/** A STARTTLS port and an implicit-TLS port. */
const bothKinds: readonly NominalPort[] = [587, 465]
const starttls: readonly NominalPort[] = [587, 2525, 25]

type FaultCase = readonly [title: string, ports: readonly NominalPort[], verify: (port: NominalPort) => Promise<void>]

const cases: Readonly<Record<Fault, FaultCase>> = {
  refuse: [
    'refuses connections',
    bothKinds,
    async (port) => {
      expect(await failure(send(provider, port))).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') })
    },
  ],
  'black-hole': [
    'leaves connections pending',
    bothKinds,
    async (port) => {
      const socket = connect(provider.ports[port], provider.host)
      await new Promise(setImmediate)
      // Tested in detail in black-hole.test.ts.
      expect(socket.connecting).toBe(true)
      socket.destroy()
    },
  ],
  silent: [
    'accepts connections and sends nothing',
    bothKinds,
    async (port) => {
      const client = new SmtpClient(connect(provider.ports[port], provider.host), provider)
      client.socket.write('EHLO client.test\r\n')
      expect(await client.end()).toBe('')
    },
  ],
  reset: [
    'accepts connections and resets them',
    bothKinds,
    async (port) => {
      const socket = connect(provider.ports[port], provider.host)
      expect(await failure(once(socket, 'close'))).toMatchObject({ code: 'ECONNRESET' })
    },
  ],

  'bad-banner': [
    'greets with another protocol and ignores SMTP commands',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      client.socket.write('EHLO client.test\r\n')
      expect(await client.end()).toBe('SSH-2.0-OpenSSH_9.6\r\n')
    },
  ],
  'http-banner': [
    'answers like a web server',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      expect(await client.end()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    },
  ],
  'greeting-rejected': [
    'greets with 554 and disconnects',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.closed()
      expect(client.received).toBe('554 5.3.2 No mail service here\r\n')
    },
  ],
  'greeting-deferred': [
    'greets with 421 and disconnects',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.closed()
      expect(client.received).toBe('421 4.3.2 Too busy, try again later\r\n')
    },
  ],
  'greeting-flood': [
    'sends an endless greeting without a line end',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      expect(await client.receive(256 * 1024)).toMatch(/^x+$/)
      client.socket.destroy()
    },
  ],

  'ehlo-rejected': [
    'greets, then refuses EHLO and HELO with 550',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      expect(await client.reply()).toMatch(/^220 /)
      expect(await client.command('EHLO client.test')).toMatch(/^550 /)
      expect(await client.command('HELO client.test')).toMatch(/^550 /)
      await client.end()
    },
  ],
  'rate-limited': [
    'rejects every connection with 421 and the time to wait',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.closed()
      expect(client.received).toBe('421 4.7.0 Too many connections, try again in 60 seconds\r\n')
    },
  ],
  'ehlo-literal-refused': [
    'refuses an address literal in EHLO with 421 and closes, and accepts a domain',
    bothKinds,
    async (port) => {
      const refused = await connectClient(provider, port)
      await refused.reply()
      expect(await refused.command('EHLO [127.0.0.1]')).toMatch(/^421 /)
      await refused.closed()
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.end()
    },
  ],
  'ehlo-domain-refused': [
    'refuses a domain in EHLO with 501, and accepts an address literal',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      expect(await client.command('EHLO client.test')).toMatch(/^501 /)
      expect(await client.command('EHLO [127.0.0.1]')).toMatch(/^250/)
      await client.end()
    },
  ],
  'ehlo-endless': [
    'answers EHLO with endless continuation lines',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      client.socket.write('EHLO client.test\r\n')
      expect((await client.receive(64 * 1024)).slice(0, 64 * 1024)).toMatch(/^220 .*\r\n(250-X\r\n)+/)
      client.socket.destroy()
    },
  ],
  drip: [
    'answers EHLO byte by byte and works otherwise',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      const before = client.chunks
      const answer = await client.command('EHLO client.test')
      expect(answer).toMatch(/^250-mail\.postern\.test .*\r\n250-/)
      expect(client.chunks - before).toBeGreaterThan(20)
      await client.end()
      await send(provider, port)
    },
  ],

  'no-starttls': [
    'works without encryption',
    starttls,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      expect(await client.command('EHLO client.test')).not.toContain('STARTTLS')
      expect(await client.command('STARTTLS')).toMatch(/^502 /)
      await client.end()

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
      const client = await connectClient(provider, port)
      await client.reply()
      expect(await client.command('EHLO client.test')).toContain('STARTTLS')
      expect(await client.command('STARTTLS')).toBe('454 4.7.0 TLS not available, try again later')
      await client.end()
    },
  ],
  'starttls-injection': [
    'sends plaintext in the packet of the STARTTLS reply and works otherwise',
    starttls,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      await client.command('EHLO client.test')
      const pieces = client.chunks
      expect(await client.command('STARTTLS')).toMatch(/^220 /)
      expect(client.chunks - pieces).toBe(1)
      expect(await client.reply()).toBe('250 2.0.0 injected')
      await client.encrypt()
      expect(await client.command('EHLO client.test')).toContain('AUTH')
      await client.end()
    },
  ],
  'starttls-hangs': [
    'accepts STARTTLS and never answers the handshake',
    starttls,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.reply()
      await client.command('EHLO client.test')
      expect(await client.command('STARTTLS')).toMatch(/^220 /)
      const before = client.received
      client.socket.write(Buffer.from('16030100', 'hex'))
      expect(await client.end()).toBe(before)
    },
  ],
  'tls-outdated': [
    'supports TLS 1.1 at most',
    bothKinds,
    async (port) => {
      expect((await failure(send(provider, port))).message).toMatch(/protocol version|unsupported protocol/)
      const client = await connectClient(provider, port, outdated)
      await client.startSession(outdated)
      expect((client.socket as ReturnType<typeof connectTls>).getProtocol()).toBe('TLSv1.1')
      await client.end()
    },
  ],
  'implicit-plain': [
    'greets in plaintext on the implicit-TLS port',
    [465],
    async (port) => {
      const client = new SmtpClient(connect(provider.ports[port], provider.host), provider)
      expect(await client.reply()).toMatch(/^220 /)
      await client.end()
      expect((await failure(send(provider, port))).message).toMatch(/wrong version number|packet length too long/)
    },
  ],
  'plain-implicit': [
    'expects a TLS handshake on a STARTTLS port',
    starttls,
    async (port) => {
      const client = new SmtpClient(connect(provider.ports[port], provider.host), provider)
      client.socket.write('EHLO client.test\r\n')
      await client.closed()
      expect(client.received).not.toContain('220')

      const socket = connectTls({ port: provider.ports[port], host: provider.host, ca: provider.ca })
      await once(socket, 'secureConnect')
      const secure = new SmtpClient(socket, provider)
      expect(await secure.reply()).toMatch(/^220 /)
      await secure.end()
    },
  ],

  'bad-certificate': ['presents a self-signed certificate', bothKinds, certificateFails(/self-signed/)],
  'certificate-expired': ['presents an expired certificate', bothKinds, certificateFails(/certificate has expired/)],
  'certificate-not-yet-valid': [
    'presents a certificate that is not yet valid',
    bothKinds,
    certificateFails(/certificate is not yet valid/),
  ],
  'certificate-name': [
    'presents a certificate for another host',
    bothKinds,
    certificateFails(/not in the cert's list|does not match certificate's altnames/),
  ],

  'auth-not-offered': [
    'offers and accepts no AUTH, and requires no login',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      expect(await client.startSession()).not.toContain('AUTH')
      expect(await client.login()).toMatch(/^500 /)
      expect(await client.send()).toMatch(/^250 /)
      expect(provider.messages).toMatchObject([{ user: undefined }])
      await client.end()
    },
  ],
  'auth-rejected': [
    'refuses every login with 535',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toMatch(/^535 5\.7\.8 /)
      expect(provider.logins).toMatchObject([{ port, ok: false, mechanism: 'PLAIN', secure: true }])
      await client.end()
    },
  ],
  'auth-app-password': [
    'refuses every login with 534',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toMatch(/^534 5\.7\.9 /)
      await client.end()
    },
  ],
  'auth-basic-disabled': [
    'refuses every login with 535 5.7.139',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toMatch(/^535 5\.7\.139 /)
      await client.end()
    },
  ],
  'auth-temporary': [
    'answers every login with 454',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toMatch(/^454 4\.7\.0 /)
      await client.end()
    },
  ],
  'auth-drops': [
    'closes the connection instead of answering the login',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toBe('')
      await client.closed()
      expect(provider.logins).toMatchObject([{ port, ok: false }])
    },
  ],
  'auth-echo': [
    'repeats the credentials in its refusal, decoded and in base64',
    bothKinds,
    async (port) => {
      const { user, pass } = provider.auth
      const client = await connectClient(provider, port)
      await client.startSession()
      const plain = await client.login()
      expect(plain).toMatch(/^535 /)
      expect(plain).toContain(pass)
      expect(plain).toContain(base64(`\0${user}\0${pass}`))

      await client.command('AUTH LOGIN')
      await client.command(base64(user))
      expect(await client.command(base64(pass))).toContain(`${base64(user)} ${base64(pass)}`)

      const token = base64(`user=${user}\u0001auth=Bearer t0ken\u0001\u0001`)
      const bearer = await client.command(`AUTH XOAUTH2 ${token}`)
      expect(bearer).toContain('t0ken')
      expect(bearer).toContain(token)
      await client.end()
    },
  ],
  'auth-endless': [
    'answers every line of a login with another 334',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      expect(await client.login()).toBe('334')
      for (let round = 0; round < 50; round += 1) expect(await client.command('Kg==')).toBe('334')
      await client.end()
    },
  ],

  'sender-rejected': ['refuses every sender with 550', bothKinds, (port) => refuses(port, 'MAIL FROM', 550)],
  'recipient-rejected': ['refuses every recipient with 550', bothKinds, (port) => refuses(port, 'RCPT TO', 550)],
  'message-rejected': ['refuses every message with 554', bothKinds, (port) => refuses(port, 'DATA', 554)],
  'message-deferred': ['answers every message with 451', bothKinds, (port) => refuses(port, 'DATA', 451)],
  'plain-at-mail': [
    'answers MAIL in plaintext, below TLS',
    starttls,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.login()
      const failed = once(client.socket, 'error')
      client.socket.write('MAIL FROM:<a@example.net>\r\n')
      expect(await failed).toMatchObject([{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }])
    },
  ],
  'drops-at-mail': [
    'closes the connection instead of answering MAIL',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.login()
      expect(await client.command('MAIL FROM:<a@example.net>')).toBe('')
      await client.closed()
    },
  ],
  'drops-in-body': [
    'closes the connection at the first bytes of the message and stores nothing',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.login()
      await client.command('MAIL FROM:<a@example.net>')
      await client.command('RCPT TO:<b@example.net>')
      expect(await client.command('DATA')).toMatch(/^354 /)
      expect(await client.command('Subject: cut off')).toBe('')
      await client.closed()
      expect(provider.messages).toEqual([])
    },
  ],
  'drops-after-body': [
    'stores the message, then closes the connection without a reply',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.login()
      expect(await client.send('Taken')).toBe('')
      await client.closed()
      expect(provider.messages).toMatchObject([{ subject: 'Taken', port }])
    },
  ],
  'hangs-after-body': [
    'stores the message and never replies',
    bothKinds,
    async (port) => {
      const client = await connectClient(provider, port)
      await client.startSession()
      await client.login()
      const reply = client.send('Taken')
      await provider.waitForMessage(({ subject }) => subject === 'Taken')
      const before = client.received
      expect(await client.end()).toBe(before)
      expect(await reply).toBe('')
    },
  ],
  'holds-at-mail': ['holds back the reply to MAIL until it is released', bothKinds, (port) => holds(port, 0)],
  'holds-at-rcpt': ['holds back the reply to RCPT until it is released', bothKinds, (port) => holds(port, 1)],
  'holds-at-data': ['holds back the reply to DATA until it is released', bothKinds, (port) => holds(port, 2)],
  'holds-after-body': [
    'stores the message and holds back the reply until it is released',
    bothKinds,
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

/** Checks that the reply to one command of a transaction arrives only after `release`. */
async function holds(port: NominalPort, step: number): Promise<void> {
  const client = await connectClient(provider, port)
  await client.startSession()
  await client.login()
  const commands = ['MAIL FROM:<a@example.net>', 'RCPT TO:<b@example.net>', 'DATA', 'Subject: Slow\r\n\r\nA few words.\r\n.']
  for (const command of commands.slice(0, step)) expect(await client.command(command)).toMatch(/^[23]/)
  const received = client.received
  const held = provider.waitForHeld(port)
  const reply = client.command(commands[step]!)
  await held
  expect(client.received).toBe(received)
  expect(provider.release(port)).toBe(1)
  expect(await reply).toMatch(step === 2 ? /^354 / : /^250 /)
  expect(provider.release(port)).toBe(0)
  await client.end()
}

async function refuses(port: NominalPort, command: string, responseCode: number): Promise<void> {
  expect(await failure(send(provider, port))).toMatchObject({ command, responseCode })
  expect(provider.messages).toEqual([])
}

describe.each(faultNames)('%s', (fault) => {
  const [title, ports, verify] = cases[fault]

  it.each(ports)(`${title}, on %i`, async (port) => {
    expect.hasAssertions()
    await provider.fault(port, fault)
    await verify(port)
  })

  it('works again after heal', async () => {
    const [port = 587] = ports
    await provider.fault(port, fault)
    await provider.heal(port)
    await send(provider, port, { subject: 'Healed' })
    expect(provider.messages.at(-1)).toMatchObject({ subject: 'Healed', port })
  })
})

it('has every fault in the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(faultNames.filter((fault) => !readme.includes(`| \`${fault}\` |`))).toEqual([])
})
