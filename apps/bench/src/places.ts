import { withEmbedded } from './embedded.ts'
import { WARM_UP } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'
import { handWrittenLoop, plainNodemailer, type SenderFactory, type Target, targetIn, targetOf } from './senders.ts'
import { upyoPool } from './upyo.ts'

/** Where Postern and its peers send to, and how often, so that the medians mean something there. */
export interface Place {
  readonly name: string
  readonly target: Target
  readonly rounds: number
  readonly warmUp: number
}

/** It keeps nodemailer waiting for 40 ms with each connection, so a few rounds say all. */
export function onPostfix(postfix: PostfixServer): Place {
  return { name: 'Postfix', target: targetOf(postfix), rounds: 25, warmUp: 3 }
}

/** It answers at once: the work itself is compared, which is a matter of microseconds. */
export async function onEmbedded<T>(run: (place: Place) => Promise<T>, fault?: Parameters<typeof withEmbedded>[1]): Promise<T> {
  return await withEmbedded((settings) => run({ name: 'embedded', target: targetIn(settings), rounds: 600, warmUp: WARM_UP }), fault)
}

export interface Peer {
  readonly name: string
  readonly make: SenderFactory
}

/** The one that the goals are set against. */
export const plain: Peer = { name: 'nodemailer', make: plainNodemailer() }
const loop: Peer = { name: 'hand-written loop', make: handWrittenLoop }

/** Those that can do without 587, too. */
export const rivals: readonly Peer[] = [loop, { name: '@upyo/pool', make: upyoPool }]

/** Those where messages wait. `@upyo/pool` opens a connection for each, and no machine has so many. */
export const queues: readonly Peer[] = [plain, loop]

/** Where all ports are open. */
export const peers: readonly Peer[] = [plain, ...rivals]

/** Where 587 does not work: nodemailer is told of 2525, and sends there at once. */
export const peersOn2525: readonly Peer[] = [{ name: 'nodemailer on 2525', make: plainNodemailer(1) }, ...rivals]
