import type { CommandFacts } from './command.ts'
import { type CommandName, commandTable } from './command-table.ts'
import { besides, longest, wrap } from './layout.ts'
import { globalOptions, type OptionFacts, type OptionName, optionTable } from './options.ts'
import type { CliTexts } from './text/index.ts'

/** The help for all commands, or for one. */
export function helpText(texts: CliTexts, width: number, name?: CommandName): string {
  const sections = name === undefined ? generalHelp(texts, width) : commandHelp(texts, width, name)
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function generalHelp(texts: CliTexts, width: number): string[][] {
  const { headings, commands, tagline } = texts
  const entries = Object.entries(commandTable) as [CommandName, CommandFacts][]
  return [
    wrap(tagline, width),
    [headings.usage, `  postern <${headings.command}> [${headings.options.toLowerCase()}]`],
    [headings.commands, ...table(entries.map(([name, { args }]) => [`${name} ${args}`, commands[name]]), width)],
    optionLines(globalOptions, texts, width),
    exampleLines(entries.flatMap(([, { examples }]) => examples.slice(0, 1)), texts),
    wrap(texts.exitCodes, width),
  ]
}

function commandHelp(texts: CliTexts, width: number, name: CommandName): string[][] {
  const { args, options, formats, examples }: CommandFacts = commandTable[name]
  return [
    wrap(texts.commands[name], width),
    [texts.headings.usage, `  postern ${name} ${args} [${texts.headings.options.toLowerCase()}]`],
    optionLines([...options, ...globalOptions], texts, width, formats),
    exampleLines(examples, texts),
  ]
}

function optionLines(names: readonly OptionName[], texts: CliTexts, width: number, formats?: readonly string[]): string[] {
  return [texts.headings.options, ...table(names.map((name) => [optionUsage(name, formats), texts.options[name]]), width)]
}

function optionUsage(name: OptionName, formats: readonly string[] | undefined): string {
  const { short, value, choices = name === 'format' ? formats : undefined }: OptionFacts = optionTable[name]
  return `${short ? `-${short}, ` : ''}--${name}${value === undefined ? '' : ` <${choices?.join('|') ?? value}>`}`
}

function exampleLines(examples: readonly string[], { headings }: CliTexts): string[] {
  return [headings.examples, ...examples.map((example) => `  postern ${example}`)]
}

function table(rows: readonly (readonly [name: string, text: string])[], width: number): string[] {
  const column = longest(rows.map(([name]) => name))
  return rows.flatMap(([name, text]) => besides(name, column, text, width - 2)).map((line) => `  ${line}`)
}
