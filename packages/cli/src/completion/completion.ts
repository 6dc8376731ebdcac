import type { Command } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { UsageError } from '../usage-error.ts'
import { bash } from './bash.ts'
import { fish } from './fish.ts'
import { completedCommands } from './completed-command.ts'
import { zsh } from './zsh.ts'

/** The scripts, by the argument of the command. */
const scripts = { bash, zsh, fish }

/** `postern completion`: prints the script that completes commands and options in a shell. */
export const completion: Command = async ({ args: [shell = ''], io, texts }) => {
  if (!Object.hasOwn(scripts, shell)) throw new UsageError('shell-unknown', { shells: Object.keys(scripts).join(', ') })
  const script = scripts[shell as keyof typeof scripts]
  io.stdout.write(script(completedCommands(texts)))
  return exitCode.fine
}
