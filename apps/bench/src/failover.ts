import type { Fault } from '@postern/testing'
import { withEmbedded } from './embedded.ts'
import { measure, timed, WARM_UP } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'
import { GRACE, handWrittenLoop, oneMail, plainNodemailer, postern, type Target, targetIn, targetOf } from './senders.ts'
import { milliseconds, type Row } from './table.ts'
import { upyoPool } from './upyo.ts'

/** A firewall answers for 587 with a reset: what is lost beside a send that goes to 2525 at once? */
export async function refused587(postfix: PostfixServer): Promise<Row[]> {
  await postfix.firewall({ 587: 'reject' })
  try {
    const target = targetOf(postfix)
    const direct = oneMail(() => plainNodemailer(1)(target))
    const [own, peer, loop, upyo] = await measure(
      [oneMail(() => postern(target)), direct, oneMail(() => handWrittenLoop(target)), oneMail(() => upyoPool(target))],
      15,
      1,
    )
    const ratio = own!.median / peer!.median
    const row = { what: 'first mail, 587 refused', postern: milliseconds(own!.median), goal: '≤ 1.05', met: ratio <= 1.05 }
    return [
      { ...row, peerName: 'nodemailer 2525', peer: milliseconds(peer!.median), ratio: ratio.toFixed(2) },
      beside(row, 'hand-written loop', own!.median, loop!.median),
      beside(row, '@upyo/pool', own!.median, upyo!.median),
      await laterMail(target, 'Postfix', 20),
    ]
  } finally {
    await postfix.firewall({})
  }
}

/** 587 dropped: no more than the grace and a direct send. */
export async function dropped587(postfix: PostfixServer): Promise<Row[]> {
  await postfix.firewall({ 587: 'drop' })
  try {
    const target = targetOf(postfix)
    const [own, direct] = await measure([oneMail(() => postern(target)), oneMail(() => plainNodemailer(1)(target))], 5, 0)
    const most = GRACE + direct!.median
    const upyo = await timed(() => oneMail(() => upyoPool(target)).run())
    const row = { what: 'first mail, 587 dropped', postern: milliseconds(own!.median), goal: '≤ grace + direct + 100 ms', met: own!.median <= most + 100 }
    return [
      { ...row, peerName: 'grace + nodemailer 2525', peer: milliseconds(most), ratio: (own!.median / most).toFixed(2) },
      { ...row, peerName: '@upyo/pool, 10 s a port', peer: upyo.error ? `fails after ${milliseconds(upyo.ms)}` : milliseconds(upyo.ms) },
    ]
  } finally {
    await postfix.firewall({})
  }
}

/** The same on the embedded provider, which answers at once: there the work itself is compared. */
export async function embeddedFailover(): Promise<Row[]> {
  return [
    ...(await withEmbedded(async (settings) => {
      const target = targetIn(settings)
      const [own, direct] = await measure([oneMail(() => postern(target)), oneMail(() => plainNodemailer(1)(target))], 300, WARM_UP)
      const ratio = own!.median / direct!.median
      const row = { what: 'first mail, 587 refused, embedded', postern: milliseconds(own!.median), goal: '≤ 1.05', met: ratio <= 1.05 }
      return [{ ...row, peerName: 'nodemailer 2525', peer: milliseconds(direct!.median), ratio: ratio.toFixed(2) }, await laterMail(target, 'embedded', 300, 500)]
    }, 'refuse')),
    await afterGrace('first mail, 587 dropped, embedded', 'black-hole'),
    await afterGrace('first mail, 587 silent, embedded', 'silent'),
  ]
}

/** A 587 that does not answer: no more than the grace and a direct send. */
function afterGrace(what: string, fault: Fault): Promise<Row> {
  return withEmbedded(async (settings) => {
    const target = targetIn(settings)
    const [own, direct] = await measure([oneMail(() => postern(target)), oneMail(() => plainNodemailer(1)(target))], 5, 0)
    const most = GRACE + direct!.median
    const met = own!.median <= most + 100
    return { what, postern: milliseconds(own!.median), peer: milliseconds(most), peerName: 'grace + nodemailer 2525', ratio: (own!.median / most).toFixed(2), goal: '≤ grace + direct + 100 ms', met }
  }, fault)
}

/** The second and later mails over the fallback. */
async function laterMail(target: Target, where: string, rounds: number, warmUp = 3): Promise<Row> {
  const senders = [postern(target), plainNodemailer(1)(target)]
  for (const sender of senders) await sender.send('first')
  const [own, peer] = await measure(
    senders.map((sender) => ({ run: async () => void (await sender.send('later')) })),
    rounds,
    warmUp,
  )
  for (const sender of senders) sender.close()
  const ratio = own!.median / peer!.median
  const what = `second and later mail on 2525, ${where}`
  // Two runs of the same code differ by two in a hundred here.
  return { what, postern: milliseconds(own!.median), peer: milliseconds(peer!.median), peerName: 'nodemailer 2525', ratio: ratio.toFixed(2), goal: '≤ 1.00 (± 0.02)', met: ratio <= 1.02 }
}

function beside(row: Omit<Row, 'peer' | 'peerName'>, peerName: string, own: number, peer: number): Row {
  return { ...row, peerName, peer: milliseconds(peer), ratio: (own / peer).toFixed(2) }
}
