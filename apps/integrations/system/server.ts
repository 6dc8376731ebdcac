import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onInterrupt } from '@postern/bench/host'

/** A database server on the loopback interface. */
export interface DatabaseServer {
  readonly host: string
  readonly port: number
  /** Stops the server and removes its data. */
  close(): Promise<void>
}

interface ServerOptions {
  /** Prepares the data directory. @default nothing */
  readonly prepare?: (folder: string) => Promise<void>
  readonly command: (at: { readonly host: string; readonly port: number; readonly folder: string }) => readonly string[]
  /** What the server prints once it accepts connections. */
  readonly ready: RegExp
}

/** Starts a server with a temporary data directory. Both end with this process. */
export async function startServer({ prepare, command, ready }: ServerOptions): Promise<DatabaseServer> {
  const host = '127.0.0.1'
  const folder = await mkdtemp(join(tmpdir(), 'postern-database-'))
  let server: ChildProcess | undefined
  const stop = () => {
    server?.kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 })
  }
  const settled = onInterrupt(stop)
  const close = async () => {
    const isRunning = server && server.exitCode === null && server.signalCode === null
    const exited = isRunning ? once(server!, 'exit') : undefined
    // PostgreSQL waits until its clients have disconnected.
    server?.kill()
    await exited
    stop()
    settled()
  }
  try {
    await prepare?.(folder)
    const port = await freePort(host)
    // The kernel ends the server if this process is killed.
    server = spawn('setpriv', ['--pdeathsig', 'TERM', ...command({ host, port, folder })], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    await printed(server, ready)
    return { host, port, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Neither server takes port 0. */
async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once the server has printed a text. Rejects with its output if it ends before. */
function printed(server: ChildProcess, text: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const onData = (chunk: Buffer) => {
      output += chunk.toString()
      if (text.test(output)) resolve()
    }
    server.stdout!.on('data', onData)
    server.stderr!.on('data', onData)
    server.once('error', reject)
    server.once('close', () => reject(new Error(`The server has ended.\n${output}`)))
  })
}
