import type { ChildProcess } from 'node:child_process'
import { waitForGreeting } from '../host/ready.ts'
import { ports } from './ports.ts'

/** Collects the output of a process. */
export function collectOutput(server: ChildProcess): () => Promise<string> {
  let output = ''
  server.stdout?.on('data', (chunk) => (output += chunk))
  server.stderr?.on('data', (chunk) => (output += chunk))
  return async () => output
}

/** Resolves once a server greets on all of its ports. */
export async function waitForPorts(server: ChildProcess, host: string, log: () => Promise<string>): Promise<void> {
  for (const { port, security } of ports) await waitForGreeting(server, host, port, log, { implicitTls: security === 'implicit' })
}
