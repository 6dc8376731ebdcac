import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** The environment of every program the harness starts. */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  // A user's PATH often lacks the sbin folders.
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
}

export interface RunOptions {
  /** Standard input. */
  readonly input?: string
  /** Added to {@link environment}. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** Runs a program and resolves with its standard output; rejects with its standard error. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const running = execute(file, args, {
    env: { ...environment, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    maxBuffer: 64 * 1024 * 1024,
  })
  // A program may exit without reading its input: ignore EPIPE and rely on the exit status.
  running.child.stdin?.on('error', () => {}).end(options.input ?? '')
  return (await running).stdout
}
