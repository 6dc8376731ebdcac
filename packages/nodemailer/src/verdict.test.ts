import { access } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { CreateTransportOptions } from './index.ts'
import { failureOf, letter, mailerFor, modes, unhurried } from '../test/mail.ts'
import { type Answer, dialogues, drop, hang, last, type Point, type Script, ScriptedServer } from '../test/scripted-server.ts'

/** The reply to a message may take longer than one to a command. */
const late: Answer = ({ say }) => void setTimeout(() => say('250 2.0.0 queued'), 600)

const ways = modes.flatMap(({ mode, pool }) => dialogues.map(({ dialogue, offer }) => ({ mode, pool, dialogue, offer })))

describe.each(ways)('replies to a message, $mode, $dialogue', ({ pool, offer }) => {
  const pair = async (first: Script, options: CreateTransportOptions = {}) => {
    const servers = [await ScriptedServer.start({ ...offer, ...first }), await ScriptedServer.start(offer)] as const
    const [one, two] = servers
    const mailer = mailerFor(one.settings(two), { pool, ...options })
    return { one, two, mailer, [Symbol.asyncDispose]: () => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())).then(() => {}) }
  }

  it('does not treat data that nodemailer has read ahead as sent', async () => {
    await using servers = await pair({ MAIL: ({ socket }) => setImmediate(() => socket.destroy()) })
    const rewritten = { ...letter, newline: 'windows' }
    expect(await servers.mailer.sendMail(rewritten)).toMatchObject({ accepted: [letter.to] })
    expect([servers.one.messages.length, servers.two.messages.length]).toEqual([0, 1])
  })

  it.each(['MAIL FROM:<ada@example.net>\r\n', 'DATA\r\n', 'EHLO example.net\r\n', 'RSET\r\n'])(
    'does not take a message for talk that reads like it: %j',
    async (content) => {
      await using servers = await pair({ end: late }, { selection: { ...unhurried, budgets: { ...unhurried.budgets, reply: 300 } } })
      const message = { envelope: { from: letter.from, to: letter.to }, raw: content }
      for (const mail of [{ ...letter, text: content }, message]) {
        expect(await servers.mailer.sendMail(mail)).toMatchObject({ response: '250 2.0.0 queued' })
      }
      expect([servers.one.messages.length, servers.two.messages.length]).toEqual([2, 0])
    },
  )

  const broken: Record<string, Answer> = {
    'a reply of two digits': '25',
    'a reply with a letter in its code': '2x0 ok',
    'an intermediate reply': '354 go on',
    'a line that is no reply': 'thank you very much',
    'a refusal that was cut off': last('550 no'),
    'an acceptance that was cut off': last('250 ok'),
    'a reply that goes on': last('250-ok\r\n'),
    'a reset': ({ reset }) => reset(),
    'a half-open end': ({ socket }) => void socket.end(),
  }
  it.each(Object.entries(broken))('the outcome is unknown after the message and %s', async (_, answer) => {
    await using servers = await pair({ end: answer })
    const error = await failureOf(servers.mailer.sendMail(letter))
    expect(error).toMatchObject({ delivery: 'unknown', retryable: false, stage: 'message' })
    expect(['connection-lost', 'protocol-error']).toContain(error.code)
    expect(servers.one.messages).toHaveLength(1)
    expect(servers.two.connections).toBe(0)
  })

  it.each([
    ['421 4.3.0 going down', 'message-rejected', true],
    ['452 4.2.2 full', 'message-rejected', true],
    ['552 5.3.4 too big', 'message-too-large', false],
  ])('the outcome is decided by %s after the message', async (reply, code, retryable) => {
    await using servers = await pair({ end: reply })
    const error = await failureOf(servers.mailer.sendMail(letter))
    expect(error).toMatchObject({ code, delivery: 'not-accepted', retryable, responseCode: Number(reply.slice(0, 3)) })
    expect(error.response).toBe(reply)
    expect(servers.two.connections).toBe(0)
  })

  it.each([
    ['MAIL', '452 4.3.1 full'],
    ['MAIL', '553 5.1.7 no'],
    ['MAIL', '421 4.3.2 going down'],
    ['RCPT', '450 4.2.1 later'],
    ['RCPT', '421 4.3.2 going down'],
    ['DATA', '451 4.3.0 later'],
    ['DATA', '554 5.7.1 no'],
    ['AUTH', '421 4.7.0 going down'],
    ['AUTH', '534 5.7.9 weak'],
  ] as const)('does not retry after a refusal of %s with %s', async (point, reply) => {
    await using servers = await pair({ [point]: reply })
    const error = await failureOf(servers.mailer.sendMail(letter))
    expect(error).toMatchObject({ delivery: 'not-accepted', retryable: reply.startsWith('4'), responseCode: Number(reply.slice(0, 3)) })
    expect(servers.one.count('AUTH')).toBe(1)
    // After a refused pipelined envelope, an empty message is sent if the server accepts DATA.
    expect(servers.one.messages.join('')).toBe('')
    expect(servers.two.connections).toBe(0)
  })

  it.each([
    ['first', 1],
    ['last', 2],
  ])('does not retry after 421 to the %s recipient of two', async (_, place) => {
    let count = 0
    await using servers = await pair({ RCPT: ({ say }) => say((count += 1) === place ? '421 4.3.2 going down' : '250 ok') })
    const error = await failureOf(servers.mailer.sendMail({ ...letter, to: ['a@example.net', 'b@example.net'] }))
    expect(error).toMatchObject({ code: 'recipient-rejected', stage: 'rcpt', delivery: 'not-accepted', retryable: true, responseCode: 421 })
    expect(error.response).toBe('421 4.3.2 going down')
    expect(servers.one.count('AUTH')).toBe(1)
    expect(servers.one.messages).toEqual([])
    expect(servers.two.connections).toBe(0)
    expect(servers.mailer.endpoint?.port).toBe(servers.one.port)
  })

  it.each([
    ['EHLO', drop],
    ['EHLO', hang],
    ['EHLO', '550 5.7.1 no'],
    ['EHLO', '250-scripted.test\r\n250 8BITMIME'],
    ['EHLO', '250-scripted.test\r\n250 AUTH NTLM GSSAPI'],
    ['AUTH', drop],
    ['AUTH', hang],
    ['AUTH', '23'],
    ['AUTH', 'welcome'],
    ['AUTH', last('535 no')],
    ['MAIL', drop],
    ['MAIL', hang],
    ['MAIL', 'whatever'],
    ['MAIL', last('421 no')],
    ['RCPT', ({ reset }) => reset()],
    ['RCPT', last('421 no')],
    ['RCPT', hang],
    ['DATA', drop],
    ['DATA', hang],
    ['DATA', last('354 go')],
  ] as [Point, Answer][])('falls back if %s gets an invalid reply (%#)', async (point, answer) => {
    const impatient = { timeouts: { mail: 600, rcpt: 600, data: 600 }, selection: { ...unhurried, budgets: { ...unhurried.budgets, reply: 600 } } }
    await using servers = await pair({ [point]: answer }, answer === hang ? impatient : {})
    await servers.mailer.sendMail(letter)
    expect(servers.one.messages).toEqual([])
    expect(servers.two.messages).toHaveLength(1)
    expect(servers.one.count('AUTH') + servers.two.count('AUTH')).toBeLessThanOrEqual(2)
    expect(servers.two.count('AUTH')).toBe(1)
  })

  it.each(['MAIL', 'RCPT', 'DATA'] as const)('ends at the deadline, before the reply to %s is overdue', async (point) => {
    await using servers = await pair({ [point]: hang })
    const mailer = mailerFor(servers.one.settings(servers.two), { pool, deadline: 400 })
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'deadline', delivery: 'not-accepted', retryable: true })
    await servers.one.quiet()
  })

  it('sends nothing of the login if no mechanism is suitable', async () => {
    await using servers = await pair({ EHLO: '250-scripted.test\r\n250 AUTH NTLM' })
    await servers.mailer.sendMail(letter)
    expect(servers.one.lines.map(({ line }) => line.split(' ')[0])).toEqual(['EHLO'])
  })

  it('reports a TLS failure if the server requires a client certificate, and falls back', async () => {
    const plainFirst: Script = { STARTTLS: '220 go ahead', EHLO: '250-scripted.test\r\n250 STARTTLS' }
    await using one = await ScriptedServer.start(plainFirst, { implicit: false, wantsCertificate: true })
    await using two = await ScriptedServer.start()
    const mailer = mailerFor(one.settings(two), { pool, selection: unhurried })
    const failures: unknown[] = []
    mailer.on('attempt', ({ failure }) => failure && failures.push(failure))
    await mailer.sendMail(letter)
    expect(failures).toEqual([expect.objectContaining({ code: 'tls-handshake', stage: 'tls', systemCode: expect.stringContaining('_ALERT_') })])
    expect(two.messages).toHaveLength(1)
  })

  it('does not fall back for a message that is too large', async () => {
    await using servers = await pair({ EHLO: '250-scripted.test\r\n250-SIZE 10\r\n250 AUTH PLAIN' })
    const raw = { envelope: { from: letter.from, to: letter.to, size: 1_000 }, raw: 'Subject: x\r\n\r\ny' }
    const error = await failureOf(servers.mailer.sendMail(raw))
    expect(error).toMatchObject({ code: 'message-too-large', delivery: 'not-accepted', retryable: false, cause: { code: 'EENVELOPE' } })
    expect(servers.two.connections).toBe(0)
    expect(servers.mailer.endpoint?.port).toBe(servers.one.port)
  })

  it('releases an unreadable message that is too large as well', async () => {
    await using servers = await pair({ EHLO: '250-scripted.test\r\n250-SIZE 10\r\n250 AUTH PLAIN' })
    const { from, to } = letter
    const message = { ...letter, envelope: { from, to, size: 1_000 }, attachments: [{ path: '/nowhere/at/all.pdf' }] }
    const outputs: Writable[] = []
    servers.mailer.use('stream', (mail, done) => {
      const write = mail.message.stream.bind(mail.message)
      mail.message.stream = (output, ...rest) => {
        outputs.push(output)
        write(output, ...rest)
      }
      done()
    })
    const error = await failureOf(servers.mailer.sendMail(message))
    expect(error).toMatchObject({ code: 'message-unreadable', delivery: 'not-accepted', retryable: false })
    // The file is opened meanwhile, without anything waiting for it.
    await access('/nowhere/at/all.pdf').catch(() => {})
    expect(outputs.map(({ destroyed }) => destroyed)).toEqual([true])
  })

  it('does not retry a message that cannot be read', async () => {
    await using servers = await pair({})
    const error = await failureOf(servers.mailer.sendMail({ ...letter, attachments: [{ path: '/nowhere/at/all.pdf' }] }))
    expect(error).toMatchObject({ code: 'message-unreadable', delivery: 'not-accepted', retryable: false })
    expect(servers.one.messages).toEqual([])
    expect(servers.two.connections).toBe(0)
  })

  it('reports a partial refusal like nodemailer', async () => {
    let count = 0
    await using servers = await pair({ RCPT: ({ say }) => say((count += 1) === 1 ? '550 5.1.1 no' : '250 ok') })
    const info = await servers.mailer.sendMail({ ...letter, to: ['a@example.net', 'b@example.net'] })
    expect(info).toMatchObject({ accepted: ['b@example.net'], rejected: ['a@example.net'] })
    expect(servers.one.messages).toHaveLength(1)
  })
})
