import { atLeast, atMost, compare, time } from './comparison.ts'
import type { Subject } from './measure.ts'
import { onEmbedded, onPostfix, peers, plain, type Place } from './places.ts'
import type { PostfixServer } from './postfix/index.ts'
import { oneMail, type SenderFactory } from './senders.ts'
import { milliseconds, perSecond, type Row } from './table.ts'

/** All ports open, on a Postfix: what does the choice cost, and how fast is a pool? */
export async function sendingOnPostfix(postfix: PostfixServer): Promise<Row[]> {
  const place = onPostfix(postfix)
  return [...(await firstMail(place)), ...(await burst(place, { rounds: 9, warmUp: 2 }))]
}

/** The same on the embedded provider. */
export async function sendingOnEmbedded(): Promise<Row[]> {
  const first = await onEmbedded(firstMail)
  const bursts = await onEmbedded(async (place) => [
    ...(await burst(place, { rounds: 45, warmUp: 20 })),
    ...(await burst(place, { count: 2_000, rounds: 9, warmUp: 4, beside: [plain] })),
    ...(await burst(place, { rounds: 45, warmUp: 20, plugIn: true, beside: [plain] })),
  ])
  return [...first, ...bursts]
}

async function firstMail({ name, target, rounds, warmUp }: Place): Promise<Row[]> {
  const subject = (make: SenderFactory) => oneMail(() => make(target))
  return await compare(peers, { subject, rounds, warmUp }, [{ what: `first mail, ${name}`, of: time, goal: atMost(1.02) }])
}

/** How many messages at once, and what becomes of them on their way. */
interface Burst {
  readonly count?: number
  readonly rounds: number
  readonly warmUp: number
  readonly plugIn?: boolean
  readonly beside?: typeof peers
}

/** Many messages at once, over five connections. What a plug-in costs is there to be seen, without a goal. */
async function burst({ name, target }: Place, { count = 400, rounds, warmUp, plugIn = false, beside = peers }: Burst): Promise<Row[]> {
  const subject = (make: SenderFactory): Subject => ({
    async run() {
      const sender = make(target, { pool: true, plugIn })
      await Promise.all(Array.from({ length: count }, (_, index) => sender.send(`message ${index}`)))
      sender.close()
    },
  })
  const where = plugIn ? `${name}, a plug-in` : name
  return await compare(beside, { subject, rounds, warmUp }, [
    {
      what: `${count} messages at once, ${where}`,
      of: ({ median }) => count / (median / 1_000),
      show: perSecond,
      goal: plugIn ? undefined : atLeast(0.98),
    },
    { what: `CPU of one of ${count}, ${where}`, of: ({ cpu }) => cpu / count, show: (ms) => milliseconds(ms, 2) },
  ])
}
