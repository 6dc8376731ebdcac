import type { CompletedCommand, CompletedOption } from './completed-command.ts'

/** A script for zsh: to be sourced, or as a file `_postern` in a folder of `fpath`. */
export function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef postern
# Completes postern in zsh: source <(postern completion zsh)
_postern() {
  local state
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  _arguments -C '1: :->command' '*:: :->argument'
  case $state in
  command) _describe command commands ;;
  argument)
    case $words[1] in
${commands.map(commandCase).join('\n')}
    esac
    ;;
  esac
}

if [[ $funcstack[1] == _postern ]]; then _postern "$@"; else compdef _postern postern; fi
`
}

function commandCase({ name, values, options }: CompletedCommand): string {
  // Without a specification of the arguments, no option is completed behind one. An empty list is one.
  const argument = values.length > 0 ? `'1: :(${values.join(' ')})'` : `'*: :()'`
  return `    ${name}) _arguments ${[...options.map(optionSpec), argument].join(' ')} ;;`
}

/** A specification for `_arguments`: `--format=[How it is printed]:format:(text json)` */
function optionSpec({ name, short, description, takes, values }: CompletedOption): string {
  const text = `[${description.replaceAll(/[\\[\]]/g, '\\$&')}]`
  if (takes === 'nothing') return short === undefined ? quoted(`--${name}${text}`) : `'(-${short} --${name})'{-${short},--${name}}${quoted(text)}`
  return quoted(`--${name}=${text}: :${{ values: `(${values.join(' ')})`, file: '_files', text: '' }[takes]}`)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
