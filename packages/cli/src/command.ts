import type { Locale } from '@postern/core'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import type { OptionName, Options } from './options.ts'
import type { CliTexts } from './text/index.ts'

/** What a command gets: its arguments, its options, and the language. */
export interface Invocation {
  /** The name of the command. */
  readonly name: string
  readonly args: readonly string[]
  readonly options: Options
  readonly io: Io
  readonly locale: Locale
  readonly texts: CliTexts
}

export type Command = (invocation: Invocation) => Promise<ExitCode>

/** A command as the help shows it. */
export interface CommandFacts {
  /** Its arguments, in the notation of a usage line. */
  readonly args: string
  readonly maxArgs: number
  /** The values of the argument, if it has only these. */
  readonly values?: readonly string[]
  readonly options: readonly OptionName[]
  /** The values of `--format`. */
  readonly formats: readonly string[]
  readonly examples: readonly string[]
}
