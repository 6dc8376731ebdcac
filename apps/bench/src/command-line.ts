import { parseArgs } from 'node:util'
import type { Extent } from './fresh/lines.ts'
import { sections } from './sections.ts'

/** What to run. */
export interface Choice {
  /** Names of sections, in the order in which they run. */
  readonly names: readonly string[]
  readonly extent: Extent
  readonly withPostfix: boolean
}

/**
 * Reads `--only name,name`, `--without-postfix`, and for the lines in fresh processes `--rounds n` and `--peers nodemailer`.
 *
 * @throws Error for anything else
 */
export function readCommandLine(): Choice {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      'without-postfix': { type: 'boolean', default: false },
      rounds: { type: 'string' },
      peers: { type: 'string', default: 'nodemailer,upyo' },
    },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(rounds >= 1)) throw new Error(`--rounds is a number from 1 on, not ${values.rounds}.`)
  return {
    names: listOf('section', values.only, Object.keys(sections)),
    extent: { rounds, peers: listOf('peer', values.peers, ['nodemailer', 'upyo']) },
    withPostfix: !values['without-postfix'],
  }
}

function listOf<Name extends string>(kind: string, text: string | undefined, known: readonly Name[]): readonly Name[] {
  if (text === undefined) return known
  return text.split(',').map((name) => {
    const found = known.find((other) => other === name)
    if (found === undefined) throw new Error(`There is no ${kind} ${name}: take some of ${known.join(', ')}.`)
    return found
  })
}
