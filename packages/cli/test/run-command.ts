import { run } from '../src/run.ts'
import type { Io } from '../src/io.ts'
import { systemTime } from '../src/system-time.ts'

export interface RunOptions extends Partial<Pick<Io, 'dial' | 'fetch' | 'time'>> {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly signal?: AbortSignal
  /** The width of a terminal. Without it, the output is a pipe. */
  readonly columns?: number
  /** What is typed or piped. */
  readonly input?: string
  /** Called with each text that is written to the output. */
  readonly onWrite?: (text: string) => void
}

export interface RunResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command in this process, without the globals of the process. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env = {}, cwd = '/nonexistent', signal = new AbortController().signal, dial, fetch, time = systemTime, columns, input = '', onWrite } = options
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    isTTY: columns !== undefined,
    columns,
    write: (text: string) => {
      written[name] += text
      onWrite?.(text)
    },
  })
  const stdin = {
    isTTY: columns !== undefined,
    async *[Symbol.asyncIterator]() {
      if (input !== '') yield input
    },
  }
  const code = await run(args, { stdin, stdout: stream('stdout'), stderr: stream('stderr'), env, cwd, signal, dial, fetch, time })
  return { code, ...written }
}
