import { Interrupted } from './interrupted.ts'
import type { Io, KeyStream } from './io.ts'

const CTRL_C = '\u0003'

/** Whether a question can be asked. */
export function isTerminal({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true
}

/**
 * Asks a question on the terminal, which does not show what is typed.
 *
 * @param read reads the answer key by key
 * @throws Interrupted after Ctrl-C
 */
export async function askKeys<Answer>(question: string, { stdin, stderr, signal }: Io, read: (keys: AsyncIterable<string>) => Promise<Answer>): Promise<Answer> {
  // In raw mode the terminal neither shows the keys nor turns Ctrl-C into a signal.
  stdin.setRawMode?.(true)
  stderr.write(question)
  const stop = () => stdin.destroy?.()
  signal.addEventListener('abort', stop)
  try {
    return await read(keysOf(stdin))
  } finally {
    signal.removeEventListener('abort', stop)
    stdin.setRawMode?.(false)
    stderr.write('\n')
  }
}

async function* keysOf(stdin: KeyStream): AsyncIterable<string> {
  for await (const chunk of stdin) {
    for (const key of String(chunk)) {
      if (key === CTRL_C) throw new Interrupted()
      yield key
    }
  }
}
