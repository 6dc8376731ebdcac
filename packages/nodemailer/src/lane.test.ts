import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor } from '../test/mail.ts'
import { type Answer, dialogues, drop, type Point, ScriptedServer } from '../test/scripted-server.ts'

describe.each(dialogues)('a pooled connection that is used again, $dialogue', ({ offer }) => {
  it.each<[Point, string, Answer]>([
    ['MAIL', 'is answered with 421', '421 4.3.2 idle for too long'],
    ['MAIL', 'is dropped', drop],
    ['RCPT', 'is answered with 421', '421 4.3.2 idle for too long'],
    ['RCPT', 'is dropped', drop],
  ])('is replaced on the same port when %s %s', async (point, _, answer) => {
    await using one = await ScriptedServer.start(offer)
    await using two = await ScriptedServer.start(offer)
    const mailer = mailerFor(one.settings(two), { pool: true, maxConnections: 1 })
    await mailer.sendMail(letter)
    one.script[point] = (talk) => (talk.messages > 0 ? (typeof answer === 'string' ? talk.say(answer) : answer(talk)) : talk.say('250 ok'))
    await mailer.sendMail({ ...letter, subject: 'Second' })
    expect(one.messages).toHaveLength(2)
    expect(one.connections).toBe(2)
    expect(two.connections).toBe(0)
  })

  it('is replaced when the server has closed it while it was idle', async () => {
    await using one = await ScriptedServer.start(offer)
    await using two = await ScriptedServer.start(offer)
    const mailer = mailerFor(one.settings(two), { pool: true, maxConnections: 1 })
    await mailer.sendMail(letter)
    for (const socket of one.sockets) socket.destroy()
    await mailer.sendMail({ ...letter, subject: 'Second' })
    expect(one.messages).toHaveLength(2)
    expect(two.connections).toBe(0)
  })

  it('is replaced on the same port when every other one is as old', async () => {
    await using one = await ScriptedServer.start(offer)
    await using two = await ScriptedServer.start(offer)
    const mailer = mailerFor(one.settings(two), { pool: true, maxConnections: 3 })
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => mailer.sendMail(letter)))
    const before = { connections: one.connections, messages: one.messages.length }
    expect(before.connections).toBeGreaterThan(1)
    one.script.MAIL = ({ messages, say }) => say(messages > 0 ? '421 4.3.2 idle for too long' : '250 ok')
    await mailer.sendMail({ ...letter, subject: 'Last' })
    expect(one.messages).toHaveLength(before.messages + 1)
    expect(one.connections).toBe(before.connections + 1)
    expect(two.connections).toBe(0)
  })

  it('is not replaced for ever', async () => {
    await using one = await ScriptedServer.start(offer)
    const mailer = mailerFor(one.settings(), { pool: true, maxConnections: 1 })
    await mailer.sendMail(letter)
    one.script.MAIL = drop
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', delivery: 'not-accepted', retryable: true })
    expect(one.connections).toBe(2)
    expect(one.messages).toHaveLength(1)
  })
})
