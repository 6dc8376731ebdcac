import type { CommandFacts } from '../command.ts'
import { type CommandName, commandTable } from '../command-table.ts'
import { globalOptions, type OptionFacts, type OptionName, optionTable } from '../options.ts'
import type { CliTexts } from '../text/index.ts'

/** A command, as far as a shell completes it. */
export interface CompletedCommand {
  readonly name: string
  readonly description: string
  /** The values of its argument, if it has only these. */
  readonly values: readonly string[]
  readonly options: readonly CompletedOption[]
}

export interface CompletedOption {
  readonly name: string
  readonly short: string | undefined
  readonly description: string
  /** `values`: one of its values. */
  readonly takes: 'nothing' | 'file' | 'text' | 'values'
  readonly values: readonly string[]
}

/** Every command with its options. */
export function completedCommands(texts: CliTexts): readonly CompletedCommand[] {
  const commands = Object.entries(commandTable) as [CommandName, CommandFacts][]
  return commands.map(([name, { values = [], options, formats }]) => ({
    name,
    description: texts.commands[name],
    values,
    options: [...options, ...globalOptions].map((option) => completedOption(option, formats, texts)),
  }))
}

function completedOption(name: OptionName, formats: readonly string[], texts: CliTexts): CompletedOption {
  const { short, value, choices = name === 'format' ? formats : [] }: OptionFacts = optionTable[name]
  const takes = value === undefined ? 'nothing' : choices.length > 0 ? 'values' : value === 'file' ? 'file' : 'text'
  return { name, short, description: texts.options[name], takes, values: choices }
}
