import type { Fault } from '@postern/testing'
import { attemptDelayRows } from './attempt-delay.ts'
import { atMost, compare, time } from './comparison.ts'
import { measure, type Subject, timed } from './measure.ts'
import { onEmbedded, onPostfix, peersOn2525, type Setup, fallbackPeers } from './setups.ts'
import type { FirewallRule, PostfixServer } from './postfix/index.ts'
import { oneMail, plainNodemailer, postern, type Sender, type SenderFactory } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** How 587 can fail: the firewall rule on Postfix, the fault of the test provider, and the rows to measure. */
const failures: readonly (readonly [how: string, rule: FirewallRule, fault: Fault, rows: (how: string, setup: Setup) => Promise<Row[]>])[] = [
  ['refused', 'reject', 'refuse', fallback],
  ['dropped', 'drop', 'black-hole', afterAttemptDelay],
  ['silent', 'silent', 'silent', afterAttemptDelay],
]

/** Measures the first and later messages for each failure, on Postfix behind a firewall. */
export async function failoverOnPostfix(postfix: PostfixServer): Promise<Row[]> {
  const all: Row[][] = []
  for (const [how, rule, , rows] of failures) {
    await postfix.firewall({ 587: rule })
    all.push(await rows(how, onPostfix(postfix)))
    await postfix.firewall({})
  }
  return all.flat()
}

/** The same on the test provider. */
export async function failoverOnEmbedded(): Promise<Row[]> {
  const all: Row[][] = []
  for (const [how, , fault, rows] of failures) all.push(await onEmbedded((setup) => rows(how, setup), fault))
  return all.flat()
}

/** Connections to 587 are refused: the time compared with a direct send to 2525. */
async function fallback(how: string, setup: Setup): Promise<Row[]> {
  const { name, target, rounds, warmUp } = setup
  const subject = (make: SenderFactory) => oneMail(() => make(target))
  const first = await compare(peersOn2525, { subject, rounds, warmUp }, [{ what: `first mail, 587 ${how}, ${name}`, of: time, goal: atMost(1.05) }])
  return [...first, ...(await laterMail(setup))]
}

/** The second and later messages. */
async function laterMail({ name, target, rounds, warmUp }: Setup): Promise<Row[]> {
  const senders: Sender[] = []
  const subject = (make: SenderFactory): Subject => {
    const sender = make(target)
    senders.push(sender)
    return { run: async () => void (await sender.send('later')) }
  }
  // Two runs of the same code differ by 2 % here.
  const rows = await compare(peersOn2525, { subject, rounds, warmUp }, [{ what: `later mail on 2525, ${name}`, of: time, goal: atMost(1, 0.02) }])
  for (const sender of senders) sender.close()
  return rows
}

/** 587 does not answer. The peers wait for seconds, so a single message each is enough. */
async function afterAttemptDelay(how: string, { name, target }: Setup): Promise<Row[]> {
  const [own, direct] = await measure([postern, plainNodemailer(1)].map((make) => oneMail(() => make(target))), 5, 0)
  const others = await Promise.all(fallbackPeers.map(({ make }) => timed(() => oneMail(() => make(target)).run())))
  const what = `first mail, 587 ${how}, ${name}`
  return [
    ...attemptDelayRows(what, own!.median, direct!.median),
    ...others.map((other, index) => ({ what, postern: milliseconds(own!.median), peerName: `${fallbackPeers[index]!.name}, 10 s per port`, peer: outcome(other) })),
  ]
}

function outcome({ ms, error }: Awaited<ReturnType<typeof timed>>): string {
  return `${error ? 'fails' : 'accepted'} after ${milliseconds(ms)}`
}

/** 587 dropped, compared with nodemailer on 587 with its default timeouts. Postern is measured while nodemailer waits. */
export async function withDefaultTimeouts(postfix: PostfixServer): Promise<Row> {
  await postfix.firewall({ 587: 'drop' })
  try {
    const { target } = onPostfix(postfix)
    const plain = timed(() => oneMail(() => plainNodemailer()(target)).run())
    const [own] = await measure([oneMail(() => postern(target))], 5, 0)
    const peer = outcome(await plain)
    return { what: 'first mail, 587 dropped', postern: milliseconds(own!.median), peer, peerName: 'nodemailer on 587', goal: '≤ 2.5 s', met: own!.median <= 2_500 }
  } finally {
    await postfix.firewall({})
  }
}
