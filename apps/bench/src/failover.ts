import type { Fault } from '@postern/testing'
import { atMost, compare, noMoreThan, rowsOf, time } from './comparison.ts'
import { measure, type Subject, timed } from './measure.ts'
import { onEmbedded, onPostfix, peersOn2525, type Place, rivals } from './places.ts'
import type { FirewallRule, PostfixServer } from './postfix/index.ts'
import { ATTEMPT_DELAY, oneMail, plainNodemailer, postern, type Sender, type SenderFactory } from './senders.ts'
import { milliseconds, type Row } from './table.ts'

/** What may be wrong with 587: what a firewall does about it on Postfix, and the embedded provider's name for it. */
const ways: readonly (readonly [how: string, rule: FirewallRule, fault: Fault, rows: (how: string, place: Place) => Promise<Row[]>])[] = [
  ['refused', 'reject', 'refuse', fallback],
  ['dropped', 'drop', 'black-hole', afterAttemptDelay],
  ['silent', 'silent', 'silent', afterAttemptDelay],
]

/** What each of them costs a first mail, and the mails after it, on a Postfix behind a firewall. */
export async function failoverOnPostfix(postfix: PostfixServer): Promise<Row[]> {
  const all: Row[][] = []
  for (const [how, rule, , rows] of ways) {
    await postfix.firewall({ 587: rule })
    all.push(await rows(how, onPostfix(postfix)))
    await postfix.firewall({})
  }
  return all.flat()
}

/** The same on the embedded provider. */
export async function failoverOnEmbedded(): Promise<Row[]> {
  const all: Row[][] = []
  for (const [how, , fault, rows] of ways) all.push(await onEmbedded((place) => rows(how, place), fault))
  return all.flat()
}

/** A firewall answers for 587 with a reset: what is lost beside a send that goes to 2525 at once? */
async function fallback(how: string, place: Place): Promise<Row[]> {
  const { name, target, rounds, warmUp } = place
  const subject = (make: SenderFactory) => oneMail(() => make(target))
  const first = await compare(peersOn2525, { subject, rounds, warmUp }, [{ what: `first mail, 587 ${how}, ${name}`, of: time, goal: atMost(1.05) }])
  return [...first, ...(await laterMail(place))]
}

/** The second and later mails. */
async function laterMail({ name, target, rounds, warmUp }: Place): Promise<Row[]> {
  const senders: Sender[] = []
  const subject = (make: SenderFactory): Subject => {
    const sender = make(target)
    senders.push(sender)
    return { run: async () => void (await sender.send('later')) }
  }
  // The first rounds are not counted. Two runs of the same code differ by two in a hundred here.
  const rows = await compare(peersOn2525, { subject, rounds, warmUp }, [{ what: `later mail on 2525, ${name}`, of: time, goal: atMost(1, 0.02) }])
  for (const sender of senders) sender.close()
  return rows
}

/** A 587 that does not answer: no more than the attempt delay and a direct send. The others wait for longer, so one mail says it all. */
async function afterAttemptDelay(how: string, { name, target }: Place): Promise<Row[]> {
  const [own, direct] = await measure([postern, plainNodemailer(1)].map((make) => oneMail(() => make(target))), 5, 0)
  const others = await Promise.all(rivals.map(({ make }) => timed(() => oneMail(() => make(target)).run())))
  const what = `first mail, 587 ${how}, ${name}`
  const least = ATTEMPT_DELAY + direct!.median
  return [
    ...rowsOf([{ name: 'attempt delay + nodemailer on 2525', own: own!.median, peer: least }], [{ what, of: (ms) => ms, goal: noMoreThan(least + 50, 'that + 50 ms') }]),
    ...others.map((other, index) => ({ what, postern: milliseconds(own!.median), peerName: `${rivals[index]!.name}, 10 s a port`, peer: ended(other) })),
  ]
}

function ended({ ms, error }: Awaited<ReturnType<typeof timed>>): string {
  return `${error ? 'fails' : 'accepted'} after ${milliseconds(ms)}`
}

/** 587 dropped, beside nodemailer with its own time-outs and no other port to go to. It only waits, so ours is measured meanwhile. */
export async function besideAPatientOne(postfix: PostfixServer): Promise<Row> {
  await postfix.firewall({ 587: 'drop' })
  try {
    const { target } = onPostfix(postfix)
    const plain = timed(() => oneMail(() => plainNodemailer()(target)).run())
    const [own] = await measure([oneMail(() => postern(target))], 5, 0)
    const peer = ended(await plain)
    return { what: 'first mail, 587 dropped', postern: milliseconds(own!.median), peer, peerName: 'nodemailer on 587', goal: '≤ 2.5 s', met: own!.median <= 2_500 }
  } finally {
    await postfix.firewall({})
  }
}
