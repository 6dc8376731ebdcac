import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const startLimit = 30_000
const pollInterval = 10

/** Resolves once the server sends its greeting. Rejects, with what the server wrote, if it ends or takes too long. */
export async function waitForGreeting(
  server: ChildProcess,
  host: string,
  port: number,
  log: () => Promise<string>,
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
  while (!(await greets(host, port))) {
    if (ended || performance.now() > limit) {
      const reason = ended ? 'ended' : `did not greet on port ${port} within ${startLimit} ms`
      throw new Error(`Postfix ${reason}.\n${output}${await log()}`)
    }
    await delay(pollInterval)
  }
}

async function greets(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port })
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
