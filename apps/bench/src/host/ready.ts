import type { ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

/** How the server is spoken to. */
export interface GreetingOptions {
  /** Whether TLS comes before the greeting. @default false */
  readonly implicitTls?: boolean
}

const startLimit = 30_000
const pollInterval = 10

/** Resolves once the server sends its greeting. Rejects, with what the server wrote, if it ends or takes too long. */
export async function waitForGreeting(
  server: ChildProcess,
  host: string,
  port: number,
  log: () => Promise<string>,
  options: GreetingOptions = {},
): Promise<void> {
  let output = ''
  server.stdout?.on('data', (chunk) => (output += chunk))
  server.stderr?.on('data', (chunk) => (output += chunk))
  let ended = false
  server.once('error', (error) => {
    output += error.message
    ended = true
  })
  server.once('exit', () => (ended = true))
  const limit = performance.now() + startLimit
  while (!(await greets(host, port, options))) {
    if (ended || performance.now() > limit) {
      const reason = ended ? 'ended' : `did not greet on port ${port} within ${startLimit} ms`
      throw new Error(`The mail server ${reason}.\n${output}${await log()}`)
    }
    await delay(pollInterval)
  }
}

async function greets(host: string, port: number, { implicitTls }: GreetingOptions): Promise<boolean> {
  return await new Promise((resolve) => {
    // Only whether it answers is asked here, not who it is.
    const socket: Socket = implicitTls ? connectTls({ host, port, rejectUnauthorized: false }) : connect({ host, port })
    const finish = (greeted: boolean): void => {
      socket.destroy()
      resolve(greeted)
    }
    socket.setTimeout(5000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('close', () => finish(false))
    socket.once('data', (data) => finish(data.toString('latin1').startsWith('220')))
  })
}
