import { format } from '@postern/core'
import type { Invocation } from './command.ts'
import type { KeyStream } from './io.ts'
import { Interrupted } from './interrupted.ts'
import { UsageError } from './usage-error.ts'

const ENTER = /[\r\n]/
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const BACKSPACE = /[\b\u007F]/

/**
 * Asks for a password on the terminal, which does not show what is typed.
 *
 * @throws UsageError without a terminal, and for an empty answer; Interrupted after Ctrl-C
 */
export async function askPassword(user: string, { io: { stdin, stderr, signal }, texts }: Invocation): Promise<string> {
  if (!stdin.isTTY || !stderr.isTTY) throw new UsageError('password-missing')
  // In raw mode the terminal neither shows the keys nor turns Ctrl-C into a signal.
  stdin.setRawMode?.(true)
  stderr.write(format(texts.askPassword, { user }))
  const stop = () => stdin.destroy?.()
  signal.addEventListener('abort', stop)
  try {
    return await readLine(stdin)
  } finally {
    signal.removeEventListener('abort', stop)
    stdin.setRawMode?.(false)
    stderr.write('\n')
  }
}

async function readLine(stdin: KeyStream): Promise<string> {
  let typed = ''
  for await (const chunk of stdin) {
    for (const key of String(chunk)) {
      if (key === CTRL_C) throw new Interrupted()
      if (ENTER.test(key) || key === CTRL_D) {
        if (typed === '') throw new UsageError('password-missing')
        return typed
      }
      typed = BACKSPACE.test(key) ? typed.slice(0, -1) : typed + key
    }
  }
  throw new UsageError('password-missing')
}
