import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** The environment of every program the harness starts. */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  // A user's shell, and so a test started from it, often has no sbin on its path.
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

/** How {@link run} starts a program. */
export interface RunOptions {
  /** What the program reads on its standard input. */
  readonly input?: string
  /** Added to {@link environment}. */
  readonly env?: NodeJS.ProcessEnv
  /** The folder it runs in. */
  readonly cwd?: string
}

/** Runs a program to its end and gives its standard output; rejects with what it wrote to standard error. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const running = execute(file, args, {
    env: { ...environment, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    maxBuffer: 64 * 1024 * 1024,
  })
  // A program that ends without reading its input breaks the pipe; its exit status is what tells.
  running.child.stdin?.on('error', () => {}).end(options.input ?? '')
  return (await running).stdout
}
