import type { CompletedCommand } from './completed-command.ts'

/** A script for bash, also for 3.2, which macOS has: without `mapfile`. */
export function bash(commands: readonly CompletedCommand[]): string {
  return `# Completes postern in bash: source <(postern completion bash)
_postern() {
  local IFS=$'\\n' current=$2 previous=$3 words=
  # bash splits a word at an equals sign.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if ((COMP_CWORD == 1)); then
    words=${list(commands.map(({ name }) => name))}
  else
    case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(optionCases).join('\n')}
    *)
      case "\${COMP_WORDS[1]} $current" in
${commands.flatMap(commandCases).join('\n')}
      esac
      ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}

_postern_files() {
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}

complete -F _postern postern
`
}

/** What follows an option. */
function optionCases({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ name: option, takes, values }) => {
    const pattern = `    '${name} --${option}')`
    if (takes === 'values') return [`${pattern} words=${list(values)} ;;`]
    if (takes === 'file') return [`${pattern} _postern_files "$current"; return ;;`]
    return takes === 'text' ? [`${pattern} return ;;`] : []
  })
}

/** What follows a command: the values of its argument, and its options. */
function commandCases({ name, values, options }: CompletedCommand): string[] {
  const names = options.map((option) => `--${option.name}`)
  return [
    ...(values.length > 0 ? [`      '${name} '[!-]*|'${name} ') words=${list(values)} ;;`] : []),
    `      '${name} '*) words=${list(names)} ;;`,
  ]
}

/** Words for `compgen -W`, one a line. They have no characters that are special to the shell. */
function list(words: readonly string[]): string {
  return `$'${words.join('\\n')}'`
}
