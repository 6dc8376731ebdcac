import { createTransport } from '@postern/nodemailer'
import type { ProviderSettings } from '@postern/testing'
import nodemailer, { type Transporter } from 'nodemailer'
import { withEmbedded } from './embedded.ts'
import { measure, WARM_UP } from './measure.ts'
import { GRACE, oneMail, type Sender, type Target } from './senders.ts'
import { milliseconds, type Row } from './table.ts'
import { upyoPool } from './upyo.ts'

const QUEUED = 20_000

type Mailer = Pick<Transporter, 'sendMail' | 'close'>

/** First mail on the embedded provider: healthy, and with a 587 that takes the connection and says nothing. */
export async function embeddedFirstMail(): Promise<Row[]> {
  return [
    ...(await withEmbedded(async (settings) => {
      const subjects = [oneMail(() => sender(postern(settings))), oneMail(() => sender(plain(settings, 0))), oneMail(() => upyoPool(targetIn(settings)))]
      const [own, peer, upyo] = await measure(subjects, 300, WARM_UP)
      const ratio = own!.median / peer!.median
      const row = { what: 'first mail, embedded provider', postern: milliseconds(own!.median) }
      return [
        { ...row, peer: milliseconds(peer!.median), peerName: 'nodemailer', ratio: ratio.toFixed(2), goal: '≤ 1.02', met: ratio <= 1.02 },
        { ...row, peer: milliseconds(upyo!.median), peerName: '@upyo/pool', ratio: (own!.median / upyo!.median).toFixed(2) },
      ]
    })),
    await withEmbedded(async (settings) => {
      const [own, direct] = await measure([oneMail(() => sender(postern(settings))), oneMail(() => sender(plain(settings, 1)))], 5, 0)
      const most = GRACE + direct!.median
      return { what: 'first mail, 587 silent, embedded', postern: milliseconds(own!.median), peer: milliseconds(most), peerName: 'grace + nodemailer 2525', ratio: (own!.median / most).toFixed(2), goal: '≤ + 100 ms', met: own!.median <= most + 100 }
    }, 'silent'),
  ]
}

/** What a message costs that waits in a pool whose provider says nothing. */
export function queuedMemory(): Promise<Row> {
  return withEmbedded(async (settings) => {
    await queued(() => plain(settings, 0, true), 2_000)
    await queued(() => postern(settings, true), 2_000)
    const peer = await queued(() => plain(settings, 0, true))
    const own = await queued(() => postern(settings, true))
    const ratio = own / peer
    return { what: `heap of each of ${QUEUED} queued messages`, postern: bytes(own), peer: bytes(peer), peerName: 'nodemailer pool', ratio: ratio.toFixed(2), goal: '≤ 1.00', met: ratio <= 1 }
  }, 'silent')
}

async function queued(make: () => Mailer, count = QUEUED): Promise<number> {
  const mailer = make()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const all = Array.from({ length: count }, (_, index) => mailer.sendMail(mailTo(`message ${index}`)).catch(() => {}))
  // Whatever is done at once with a new message is done after this.
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - before
  mailer.close({ force: true })
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
  return grown / count
}

function postern(settings: ProviderSettings, pool = false): Mailer {
  return createTransport(settings, { pool })
}

function plain({ host, auth, tls, candidates }: ProviderSettings, at: number, pool = false): Mailer {
  return nodemailer.createTransport({ host, auth: { ...auth }, tls: { ...tls }, port: candidates[at]!.port, requireTLS: true, pool })
}

function mailTo(subject: string) {
  return { from: 'app@example.net', to: 'reader@example.net', subject, text: 'A message of a few words, as apps send them.' }
}

function sender(mailer: Mailer): Sender {
  return { send: (subject) => mailer.sendMail(mailTo(subject)), close: () => mailer.close() }
}

function targetIn({ host, auth, tls, candidates }: ProviderSettings): Target {
  const ports = candidates.filter(({ security }) => security === 'starttls').map(({ port }) => port)
  return { host, auth, tls, ports, recipient: 'reader@example.net' }
}

function bytes(count: number): string {
  return `${Math.round(count)} B`
}
