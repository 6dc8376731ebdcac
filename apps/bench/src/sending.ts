import { atLeast, atMost, compare, time } from './comparison.ts'
import type { Subject } from './measure.ts'
import { onEmbedded, onPostfix, peers, plain, type Setup } from './setups.ts'
import type { PostfixServer } from './postfix/index.ts'
import { oneMail, type SenderFactory } from './senders.ts'
import { milliseconds, perSecond, type Row } from './table.ts'

/** All ports open, on Postfix: the first message and bursts over a pool. */
export async function sendingOnPostfix(postfix: PostfixServer): Promise<Row[]> {
  const setup = onPostfix(postfix)
  return [...(await firstMail(setup)), ...(await burst(setup, { rounds: 9, warmUp: 2 }))]
}

/** The same on the test provider. */
export async function sendingOnEmbedded(): Promise<Row[]> {
  const first = await onEmbedded(firstMail)
  const bursts = await onEmbedded(async (setup) => [
    ...(await burst(setup, { rounds: 45, warmUp: 20 })),
    ...(await burst(setup, { count: 2_000, rounds: 9, warmUp: 4, against: [plain] })),
    ...(await burst(setup, { rounds: 45, warmUp: 20, plugIn: true, against: [plain] })),
  ])
  return [...first, ...bursts]
}

async function firstMail({ name, target, rounds, warmUp }: Setup): Promise<Row[]> {
  const subject = (make: SenderFactory) => oneMail(() => make(target))
  return await compare(peers, { subject, rounds, warmUp }, [{ what: `first mail, ${name}`, of: time, goal: atMost(1.02) }])
}

interface Burst {
  readonly count?: number
  readonly rounds: number
  readonly warmUp: number
  readonly plugIn?: boolean
  readonly against?: typeof peers
}

/** Many messages at once, over five connections. With a plug-in there is no goal. */
async function burst({ name, target }: Setup, { count = 400, rounds, warmUp, plugIn = false, against = peers }: Burst): Promise<Row[]> {
  const subject = (make: SenderFactory): Subject => ({
    async run() {
      const sender = make(target, { pool: true, plugIn })
      await Promise.all(Array.from({ length: count }, (_, index) => sender.send(`message ${index}`)))
      sender.close()
    },
  })
  const where = plugIn ? `${name}, a plug-in` : name
  return await compare(against, { subject, rounds, warmUp }, [
    {
      what: `${count} messages at once, ${where}`,
      of: ({ median }) => count / (median / 1_000),
      show: perSecond,
      goal: plugIn ? undefined : atLeast(0.98),
    },
    { what: `CPU per message of ${count}, ${where}`, of: ({ cpu }) => cpu / count, show: (ms) => milliseconds(ms, 2) },
  ])
}
