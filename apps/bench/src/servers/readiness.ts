import type { ChildProcess } from 'node:child_process'
import { waitForGreeting } from '../host/ready.ts'

/** The ports of every server. */
const ports = [
  { port: 587, implicitTls: false },
  { port: 2525, implicitTls: false },
  { port: 465, implicitTls: true },
] as const

/** Collects what a process writes. */
export function collectOutput(server: ChildProcess): () => Promise<string> {
  let output = ''
  server.stdout?.on('data', (chunk) => (output += chunk))
  server.stderr?.on('data', (chunk) => (output += chunk))
  return async () => output
}

/** Resolves once a server greets on all of its ports, under TLS where it speaks nothing else. */
export async function waitForPorts(server: ChildProcess, host: string, log: () => Promise<string>): Promise<void> {
  for (const { port, implicitTls } of ports) await waitForGreeting(server, host, port, log, { implicitTls })
}
