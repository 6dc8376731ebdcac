import { letter } from './outcome.ts'
import type { Random } from './random.ts'
import type { SoakMessage } from './soak-ledger.ts'

/** Messages of random sizes, some with attachments that can be read again. Each has a unique subject. */
export function drawMessages(draw: Random, count: number, name = 'Message'): SoakMessage[] {
  return Array.from({ length: count }, (_, index) => drawMessage(draw, `${name} ${index}`))
}

export function drawMessage(draw: Random, subject: string): SoakMessage {
  return {
    ...letter,
    subject,
    // Most are short, and a few have several pages.
    text: 'x'.repeat(Math.floor(draw.next() ** 3 * 20_000)),
    ...(draw.next() < 0.1 && { attachments: [{ filename: 'notes.bin', content: Buffer.alloc(draw.below(100_000)) }] }),
  }
}

/** Milliseconds from `least` to `most`, evenly distributed on a logarithmic scale: 0.1 to 1 s as often as 1 to 10 s. */
export function drawDuration(draw: Random, least: number, most: number): number {
  return Math.round(least * (most / least) ** draw.next())
}
