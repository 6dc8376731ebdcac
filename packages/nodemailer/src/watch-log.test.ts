import { Console } from 'node:console'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { type Provider, startProvider } from '@postern/testing'
import pino from 'pino'
import { describe, expect, it } from 'vitest'
import { catchUncaught } from '@postern/testing/contract'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'
import { standingClock } from '../test/standing-clock.ts'

/** Records its entries. */
class Paper extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }

  get lines(): string[] {
    return this.text.trimEnd().split('\n')
  }
}

const loggers = [
  {
    name: 'pino',
    make: (paper: Paper) => pino({ level: 'trace' }, paper),
    read: (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as PinoLine).map(({ level, component, msg }) => `${component}: ${level} ${msg}`),
  },
  {
    name: 'a console',
    make: (paper: Paper) => new Console(paper),
    read: (lines: readonly string[]) => lines,
  },
]

interface PinoLine {
  readonly level: number
  readonly component: string
  readonly msg: string
}

/** Falls back, fails, fails again, works again and recovers, with several messages each. */
async function liveThrough(provider: Provider, paper: Paper, pool: boolean, logger: object): Promise<void> {
  const clock = standingClock()
  const mailer = mailerFor(provider.settings, { pool, logger, selection: { clock } })
  for (let message = 0; message < 5; message += 1) await mailer.sendMail(letter)
  for (const port of [587, 2525, 465] as const) await provider.fault(port, 'refuse')
  for (let message = 0; message < 5; message += 1) await failureOf(mailer.sendMail(letter))
  await provider.heal(2525)
  for (let message = 0; message < 5; message += 1) await mailer.sendMail(letter)
  await provider.heal(587)
  const recovered = once(mailer, 'recovered')
  clock.ring()
  await recovered
  for (let message = 0; message < 5; message += 1) await mailer.sendMail(letter)
  expect(paper.text).not.toContain(provider.auth.pass)
}

describe.each(loggers)('$name as the logger', ({ name, make, read }) => {
  const at = (level: number) => (name === 'pino' ? `${level} ` : '')

  it.each(modes)('has one readable line for each change, and nodemailer’s own beside it, $mode', async ({ pool }) => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const paper = new Paper()
    await liveThrough(provider, paper, pool, make(paper))
    const lines = read(paper.lines)
    const { 587: best, 2525: second } = provider.ports
    expect(lines.filter((line) => line.startsWith('postern:'))).toEqual([
      `postern: ${at(30)}Mail goes over 127.0.0.1:${second}/starttls.`,
      `postern: ${at(40)}Mail goes over 127.0.0.1:${second}/starttls now, since a better port does not work. The server 127.0.0.1:${best} refused the connection.`,
      expect.stringMatching(`^postern: ${at(50)}No port works. No mail port of `),
      `postern: ${at(30)}Mail goes over 127.0.0.1:${second}/starttls again.`,
      `postern: ${at(30)}Mail goes over 127.0.0.1:${best}/starttls again.`,
    ])
    expect(lines.filter((line) => /: .*Sending message <\S+> .*to <\S+>/.test(line)).length).toBeGreaterThanOrEqual(15)
    expect(lines.filter((line) => line.includes('%s'))).toEqual([])
    for (const line of lines) expect(line).toMatch(/^[a-z][a-z-]+(?: \w+)*: /)
  })
})

it('passes the details to pino as fields', async () => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const paper = new Paper()
  await mailerFor(provider.settings, { logger: pino(paper) }).sendMail(letter)
  const fallback = paper.lines.map((line) => JSON.parse(line) as object).find((line) => 'action' in line && line.action === 'fallback')
  expect(fallback).toMatchObject({ level: 40, action: 'fallback', host: provider.host, port: provider.ports[2525], security: 'starttls', code: 'connect-refused' })
})

it('logs once that all ports fail, not per message', async () => {
  await using provider = await startProvider()
  for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-not-offered')
  const paper = new Paper()
  const mailer = mailerFor(provider.settings, { logger: new Console(paper) })
  const ours = () => paper.lines.filter((line) => line.startsWith('postern:'))
  await failureOf(mailer.sendMail(letter))
  const after = ours()
  expect(after.at(-1)).toMatch(/^postern: No port works\./)
  for (let message = 0; message < 5; message += 1) await failureOf(mailer.sendMail(letter))
  expect(ours()).toEqual(after)
  await provider.heal(2525)
  await mailer.sendMail(letter)
  expect(ours().slice(after.length)).toEqual([expect.stringContaining(`${provider.ports[2525]}/starttls`)])
})

it.each(modes)('a logger that throws does not affect messages, $mode', async ({ pool }) => {
  await using provider = await startProvider({ faults: { 587: 'refuse' } })
  const uncaught = catchUncaught(2)
  let isFull = true
  const fail = () => {
    if (isFull) throw new Error('the disk is full')
  }
  const logger = { trace: fail, debug: fail, info: fail, warn: fail, error: fail, fatal: fail, level: fail }
  await mailerFor(provider.settings, { pool, logger }).sendMail(letter)
  expect(provider.messages).toHaveLength(1)
  expect(new Set(await uncaught)).toEqual(new Set(['the disk is full']))
  isFull = false
})

it.each([
  ['drops-at-mail', true],
  ['auth-drops', true],
  ['auth-not-offered', true],
  ['drops-at-mail', false],
] as const)('logs one fallback for many messages that meet %s (known before: %s)', async (fault, isKnown) => {
  await using provider = await startProvider()
  const mailer = mailerFor(provider.settings)
  if (isKnown) await mailer.sendMail(letter)
  await provider.fault(587, fault)
  const told: string[] = []
  for (const event of ['fallback', 'recovered'] as const) mailer.on(event, ({ endpoint }) => told.push(`${event} ${endpoint.port}`))
  await Promise.all(Array.from({ length: 60 }, () => mailer.sendMail(letter)))
  expect(told).toEqual([`fallback ${provider.ports[2525]}`])
  expect(mailer.endpoint?.port).toBe(provider.ports[2525])
  expect(mailer.state().rungs[0]).toMatchObject({ status: 'down' })
})
