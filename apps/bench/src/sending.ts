import { measure, type Subject, timed } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'
import { handWrittenLoop, oneMail, plainNodemailer, postern, type SenderFactory, type Target, targetOf } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** All ports open: what does the choice cost? */
export async function healthyFirstMail(postfix: PostfixServer): Promise<Row> {
  const target = targetOf(postfix)
  const [own, plain] = await measure([oneMail(() => postern(target)), oneMail(() => plainNodemailer()(target))], 60)
  return compare('first mail, all ports open', own!.median, plain!.median, 'nodemailer', 1.02)
}

/** Many messages at once, over five connections. */
export async function pooledThroughput(target: Target, where: string, { count = 400, rounds = 9, warmUp = 2, plugIn = false } = {}): Promise<Row[]> {
  const [own, plain] = await measure([postern, plainNodemailer()].map((factory) => pooled(factory, target, count, plugIn)), rounds, warmUp)
  const ratio = plain!.median / own!.median
  const rate = (ms: number) => `${Math.round(count / (ms / 1_000))} /s`
  const row = {
    what: `${count} messages through a pool, ${where}`,
    postern: rate(own!.median),
    peer: rate(plain!.median),
    peerName: 'nodemailer',
    ratio: ratio.toFixed(2),
    ...(!plugIn && { goal: '≥ 0.98', met: ratio >= 0.98 }),
  }
  return [row, compare(`CPU of a message through a pool, ${where}`, own!.cpu / count, plain!.cpu / count, 'nodemailer')]
}

/** A firewall drops 587. `plain` is the try of plain nodemailer, under way already. */
export async function blocked587(postfix: PostfixServer, plain: ReturnType<typeof plainOnBlocked587>): Promise<Row[]> {
  await postfix.firewall({ 587: 'drop' })
  const [own] = await measure([oneMail(() => postern(targetOf(postfix)))], 5, 0)
  const loop = await timed(() => oneMail(() => handWrittenLoop(targetOf(postfix))).run())
  await postfix.firewall({})
  if (loop.error) throw loop.error
  const { ms, error } = await plain
  const outcome = error ? `fails after ${milliseconds(ms)}` : `accepted after ${milliseconds(ms)}`
  const row = { what: 'first mail, 587 dropped', postern: milliseconds(own!.median), goal: '≤ 2.5 s', met: own!.median <= 2_500 }
  return [
    { ...row, peerName: 'nodemailer', peer: outcome },
    { ...row, peerName: 'loop, 10 s a port', peer: milliseconds(loop.ms) },
  ]
}

/** nodemailer on 587 alone, with its own time-outs, while a firewall drops the port. */
export function plainOnBlocked587(postfix: PostfixServer): ReturnType<typeof timed> {
  return timed(() => oneMail(() => plainNodemailer()(targetOf(postfix))).run())
}

function pooled(factory: SenderFactory, target: Target, count: number, plugIn: boolean): Subject {
  return {
    async run() {
      const sender = factory(target, { pool: true, plugIn })
      await Promise.all(Array.from({ length: count }, (_, index) => sender.send(`message ${index}`)))
      sender.close()
    },
  }
}

function compare(what: string, own: number, peer: number, peerName: string, goal?: number): Row {
  const ratio = own / peer
  return {
    what,
    postern: milliseconds(own),
    peer: milliseconds(peer),
    peerName,
    ratio: ratio.toFixed(2),
    ...(goal !== undefined && { goal: `≤ ${goal.toFixed(2)}`, met: ratio <= goal }),
  }
}
