import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The apps with the lab: the command, and the main file. */
export const labApps = [
  ['npm start', 'main.js'],
  ['npm run start:nest', 'nest/main.js'],
] as const

/** All apps. */
export const apps = [...labApps, ['npm run start:fastify', 'fastify/main.js'], ['npm run start:hono', 'hono/main.js']] as const

type Env = Readonly<Record<string, string>>

export interface RunningApp {
  readonly child: ChildProcess
  /** What it has printed until it was up. */
  readonly lines: readonly string[]
  readonly url: string
}

const running: ChildProcess[] = []

/** Starts an app on a free port, and waits until it is up. */
export async function startApp(main: string, env: Env = {}): Promise<RunningApp> {
  const child = run(main, { PORT: '0', ...env })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line)
    const url = /^Up at (http:\S+)$/.exec(line)?.[1]
    if (url) return { child, lines, url }
  }
  throw new Error(`The app exited during start-up:\n${lines.join('\n')}`)
}

/** Resolves with the error output of an app that fails to start, and its exit code. */
export async function startupFailure(main: string, env: Env): Promise<{ readonly code: number; readonly output: string }> {
  const child = run(main, env)
  let output = ''
  child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

/** Ends the apps that are still running. */
export function endApps(): void {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
}

function run(main: string, env: Env): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../dist/${main}`, import.meta.url))], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  return child
}
