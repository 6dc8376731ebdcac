import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type HeldServer, startHeldServer } from '../test/held-server.ts'

const main = fileURLToPath(new URL('../test/app.mjs', import.meta.url))

// Starting a process with Nest takes long on a slow machine.
vi.setConfig({ testTimeout: 30_000 })

let server: HeldServer
let child: ChildProcess | undefined
beforeEach(async () => {
  server = await startHeldServer()
})
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await server.close()
})

describe('a process that gets SIGTERM while it sends', () => {
  it.each([{ pool: false }, { pool: true }])('finishes the message before it exits: %o', async (transport) => {
    const app = await start({ transport })
    await fetch(`${app.url}/signup`, { method: 'POST' })
    await server.waitForMessages(1)
    app.child.kill('SIGTERM')
    await app.line('shutting down on SIGTERM')
    server.release()
    await app.line('sent to ada@postern.test')
    // Nest exits with the signal it received.
    expect(await app.exited).toEqual([null, 'SIGTERM'])
    expect(server.received()).toBe(1)
  })

  it('aborts the message after shutdownTimeout, with delivery unknown', async () => {
    const app = await start({ shutdownTimeout: 1 })
    await fetch(`${app.url}/signup`, { method: 'POST' })
    await server.waitForMessages(1)
    app.child.kill('SIGTERM')
    await app.line('not sent: unknown')
    expect(await app.exited).toEqual([null, 'SIGTERM'])
  })
})

it.each(['lazy', 'background'])(
  'exits after the app has closed, with a pool and startup: %s',
  async (startup) => {
    const app = await start({ transport: { pool: true }, startup })
    server.release()
    await fetch(`${app.url}/signup`, { method: 'POST' })
    await app.line('sent to ada@postern.test')
    app.child.stdin!.write('close\n')
    await app.line('closed')
    // Without process.exit: an open socket or timer would make this test time out.
    expect(await app.exited).toEqual([0, null])
  },
)

async function start(options: object) {
  const env = {
    ...process.env,
    POSTERN_OPTIONS: JSON.stringify({ settings: server.settings, startup: 'lazy', ...options }),
  }
  child = spawn(process.execPath, [main], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const line = async (beginning: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`The app exited without printing "${beginning}".`)
      if (value.startsWith(beginning)) return value
    }
  }
  const url = (await line('up at ')).slice('up at '.length)
  return { child, exited, line, url }
}
