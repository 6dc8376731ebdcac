import { type CommandName, commandTable, findCommand } from './command-table.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { helpText } from './help.ts'
import { Interrupted } from './interrupted.ts'
import type { Io } from './io.ts'
import { widthOf } from './layout.ts'
import { loadCommand } from './load-command.ts'
import { localeOf } from './locale.ts'
import { globalOptions } from './options.ts'
import { type CommandLine, parseArguments } from './parse-arguments.ts'
import { cliTextsFor } from './text/index.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

/**
 * Runs a command line.
 *
 * @param argv the arguments without the program
 * @returns the exit code
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runCommand(parseArguments(argv), io)
  } catch (error) {
    if (io.signal.aborted || error instanceof Interrupted) return exitCode.interrupted
    if (error instanceof UsageError) return await reportUsage(error, argv, io)
    io.stderr.write(`postern: ${cliTextsFor(localeOf(givenLanguage(argv), io.env)).bug}\n${error instanceof Error ? error.stack : String(error)}\n`)
    return exitCode.internal
  }
}

async function runCommand({ positionals, options }: CommandLine, io: Io): Promise<ExitCode> {
  const { stdout, stderr, env } = io
  const locale = localeOf(options.lang, env)
  const texts = cliTextsFor(locale)
  const [name, ...args] = positionals
  if (options.version) {
    stdout.write(`${version}\n`)
    return exitCode.fine
  }
  const command = findCommand(name)
  if (name !== undefined && !command) throw unknownCommand(name)
  if (options.help) {
    stdout.write(helpText(texts, widthOf(stdout), name as CommandName | undefined))
    return exitCode.fine
  }
  if (!command) {
    stderr.write(helpText(texts, widthOf(stderr)))
    return exitCode.usage
  }
  const foreign = Object.keys(options).find((option) => ![...command.options, ...globalOptions].some((one) => one === option))
  if (foreign !== undefined) throw new UsageError('option-foreign', { option: `--${foreign}`, command: name! })
  if (options.format !== undefined && !command.formats.includes(options.format)) throw new UsageError('value-invalid', { option: '--format', choices: command.formats.join(', ') })
  if (options.spotlight && (options.format ?? 'text') !== 'text') throw new UsageError('spotlight-text')
  if (args.length > command.maxArgs) throw new UsageError('too-many-arguments', { command: `${name} ${command.args}`.trim() })
  const start = await loadCommand[name as CommandName]()
  const invocation = { name: name!, args, options, io, locale, texts }
  try {
    return await start(invocation)
  } catch (error) {
    const { SettingsError } = await import('@postern/core')
    if (!SettingsError.isInstance(error)) throw error
    const { reportIssues } = await import('./report-issues.ts')
    return reportIssues(error, invocation)
  }
}

/** Only a word is repeated: anything else may be a URL with a password, given without its command. */
function unknownCommand(name: string): UsageError {
  const commands = Object.keys(commandTable).join(', ')
  return /^[a-z-]{1,20}$/.test(name) ? new UsageError('command-unknown', { name, commands }) : new UsageError('command-missing', { commands })
}

async function reportUsage({ code, values }: UsageError, argv: readonly string[], { stderr, env }: Io): Promise<ExitCode> {
  const { format } = await import('@postern/core')
  const { message, advice } = cliTextsFor(localeOf(givenLanguage(argv), env)).usage[code]
  stderr.write(`postern: ${format(message, values)}\n${format(advice, values)}\n`)
  return exitCode.usage
}

/** The language of a command line that could not be parsed. */
function givenLanguage(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((arg) => /^--lang(?:=|$)/.test(arg))
  return at === -1 ? undefined : (argv[at]!.split('=')[1] ?? argv[at + 1])
}
