import { parseArgs } from 'node:util'
import { type FreshOptions, packages } from './fresh/lines.ts'
import { sections } from './sections.ts'

/** The parsed command line. */
export interface CommandLine {
  /** The sections to run, in order. */
  readonly names: readonly string[]
  readonly options: FreshOptions
  readonly withPostfix: boolean
}

/**
 * Reads `--only name,name`, `--without-postfix`, and for measurements in fresh processes `--rounds n` and `--peers nodemailer`.
 *
 * @throws Error for anything else
 */
export function readCommandLine(): CommandLine {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      'without-postfix': { type: 'boolean', default: false },
      rounds: { type: 'string' },
      peers: { type: 'string' },
    },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(rounds >= 1)) throw new Error(`--rounds must be at least 1, not ${values.rounds}.`)
  return {
    names: listOf('section', values.only, Object.keys(sections)),
    options: { rounds, peers: listOf('peer', values.peers, Object.keys(packages) as (keyof typeof packages)[]) },
    withPostfix: !values['without-postfix'],
  }
}

function listOf<Name extends string>(kind: string, text: string | undefined, known: readonly Name[]): readonly Name[] {
  if (text === undefined) return known
  return text.split(',').map((name) => {
    const found = known.find((other) => other === name)
    if (found === undefined) throw new Error(`There is no ${kind} ${name}. Choose from ${known.join(', ')}.`)
    return found
  })
}
