import { parseArgs } from 'node:util'
import { type OptionFacts, type OptionName, optionTable, type Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** A command line, not yet checked against a command. */
export interface CommandLine {
  readonly positionals: readonly string[]
  readonly options: Options
}

/**
 * Parses a command line. `parseArgs` of Node keeps every value as the text that was given; its own errors are not used, because they
 * have no codes for each case and no second language.
 *
 * @throws UsageError for an unknown option, a missing value and a value that an option does not accept
 */
export function parseArguments(args: readonly string[]): CommandLine {
  const { tokens } = parseArgs({ args: [...args], options: declared, strict: false, tokens: true, allowPositionals: true })
  const options: Record<string, string | true> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind === 'option') options[token.name] = valueOf(token.name, token.rawName, token.value)
  }
  return { positionals, options }
}

const declared = Object.fromEntries(
  Object.entries<OptionFacts>(optionTable).map(([name, { short, value }]) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short !== undefined && { short }) },
  ]),
)

function valueOf(name: string, option: string, value: string | undefined): string | true {
  if (!isOption(name)) throw new UsageError('option-unknown', { option })
  const facts: OptionFacts = optionTable[name]
  if (facts.value === undefined) {
    if (value !== undefined) throw new UsageError('value-unexpected', { option })
    return true
  }
  if (value === undefined || value === '') throw new UsageError('value-missing', { option, value: facts.value })
  if (facts.choices && !facts.choices.includes(value)) throw new UsageError('value-invalid', { option, choices: facts.choices.join(', ') })
  return value
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(optionTable, name)
}
