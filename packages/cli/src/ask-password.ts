import { format } from '@postern/core'
import { askKeys, isTerminal } from './ask-keys.ts'
import type { Invocation } from './command.ts'
import { UsageError } from './usage-error.ts'

const ENTER = /[\r\n]/
const CTRL_D = '\u0004'
const BACKSPACE = /[\b\u007F]/

/**
 * Asks for a password on the terminal, which does not show what is typed.
 *
 * @throws UsageError without a terminal, and for an empty answer; Interrupted after Ctrl-C
 */
export async function askPassword(user: string, { io, texts }: Invocation): Promise<string> {
  if (!isTerminal(io)) throw new UsageError('password-missing')
  return await askKeys(format(texts.askPassword, { user }), io, readLine)
}

async function readLine(keys: AsyncIterable<string>): Promise<string> {
  let typed = ''
  for await (const key of keys) {
    if (ENTER.test(key) || key === CTRL_D) {
      if (typed === '') throw new UsageError('password-missing')
      return typed
    }
    typed = BACKSPACE.test(key) ? typed.slice(0, -1) : typed + key
  }
  throw new UsageError('password-missing')
}
