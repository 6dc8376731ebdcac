import { withEmbedded } from './embedded.ts'
import { WARM_UP } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'
import { handWrittenLoop, plainNodemailer, type SenderFactory, type Target, targetIn, targetOf } from './senders.ts'
import { upyoPool } from './upyo.ts'

/** A server, and how often to measure on it for stable medians. */
export interface Setup {
  readonly name: string
  readonly target: Target
  readonly rounds: number
  readonly warmUp: number
}

/** nodemailer waits 40 ms for each connection here, so a few rounds are enough. */
export function onPostfix(postfix: PostfixServer): Setup {
  return { name: 'Postfix', target: targetOf(postfix), rounds: 25, warmUp: 3 }
}

/** The test provider answers immediately, so differences are microseconds of CPU time. */
export async function onEmbedded<T>(run: (setup: Setup) => Promise<T>, fault?: Parameters<typeof withEmbedded>[1]): Promise<T> {
  return await withEmbedded((settings) => run({ name: 'embedded', target: targetIn(settings), rounds: 600, warmUp: WARM_UP }), fault)
}

export interface Peer {
  readonly name: string
  readonly make: SenderFactory
}

/** The peer that goals apply to. */
export const plain: Peer = { name: 'nodemailer', make: plainNodemailer() }
const loop: Peer = { name: 'hand-written loop', make: handWrittenLoop }

/** The peers that fall back to 2525. */
export const fallbackPeers: readonly Peer[] = [loop, { name: '@upyo/pool', make: upyoPool }]

/** The peers that queue messages. `@upyo/pool` opens a connection for each. */
export const queuingPeers: readonly Peer[] = [plain, loop]

/** For measurements with all ports open. */
export const peers: readonly Peer[] = [plain, ...fallbackPeers]

/** For measurements with 587 blocked: nodemailer is configured for 2525. */
export const peersOn2525: readonly Peer[] = [{ name: 'nodemailer on 2525', make: plainNodemailer(1) }, ...fallbackPeers]
