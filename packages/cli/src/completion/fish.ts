import type { CompletedCommand, CompletedOption } from './completed-command.ts'

/** A script for fish: to be sourced, or as a file in `~/.config/fish/completions`. */
export function fish(commands: readonly CompletedCommand[]): string {
  return `# Completes postern in fish: postern completion fish | source
complete -c postern -f
${commands.flatMap(commandLines).join('\n')}
`
}

function commandLines({ name, description, values, options }: CompletedCommand): string[] {
  const behind = `complete -c postern -n '__fish_seen_subcommand_from ${name}'`
  return [
    `complete -c postern -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ...(values.length > 0 ? [`${behind} -a '${values.join(' ')}'`] : []),
    ...options.map((option) => `${behind} ${optionFlags(option)}`),
  ]
}

function optionFlags({ name, short, description, takes, values }: CompletedOption): string {
  const value = { nothing: '', text: ' -x', file: ' -r -F', values: ` -x -a '${values.join(' ')}'` }[takes]
  return `-l ${name}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quoted(description)}`
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
