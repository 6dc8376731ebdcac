import type { ChildProcess } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'

export interface GreetingOptions {
  /** Whether to connect with TLS. @default false */
  readonly implicitTls?: boolean
}

const startTimeout = 30_000
const pollInterval = 10

/** Resolves once the server greets. Rejects with the server's output if it exits or takes too long. */
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
  let exited = false
  server.once('error', (error) => {
    output += error.message
    exited = true
  })
  server.once('exit', () => (exited = true))
  const deadline = performance.now() + startTimeout
  while (!(await greets(host, port, options))) {
    if (exited || performance.now() > deadline) {
      const reason = exited ? 'exited' : `did not greet on port ${port} within ${startTimeout} ms`
      throw new Error(`The mail server ${reason}.\n${output}${await log()}`)
    }
    await delay(pollInterval)
  }
}

async function greets(host: string, port: number, { implicitTls }: GreetingOptions): Promise<boolean> {
  return await new Promise((resolve) => {
    // Only checks that the server answers, not its identity.
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
