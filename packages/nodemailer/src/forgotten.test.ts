import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { letter, unhurried } from '../test/mail.ts'
import { createTransport, type SubmissionSettings } from './index.ts'

it('closes the idle connections of unreferenced pools with the next garbage collection', async () => {
  await using provider = await startProvider()
  const countOpen = watchServerSockets()
  await sendAndForget(provider.settings, 3)
  expect(countOpen()).toBe(3)
  await collect()
  expect([countOpen(), provider.connections[587], provider.messages.length]).toEqual([0, 3, 3])
})

it('keeps the idle connection of a referenced pool', async () => {
  await using provider = await startProvider()
  const countOpen = watchServerSockets()
  const mailer = createTransport(provider.settings, { pool: true, selection: unhurried })
  onTestFinished(() => mailer.close({ force: true }))
  await mailer.sendMail(letter)
  await collect()
  expect(countOpen()).toBe(1)
  await mailer.sendMail(letter)
  expect(provider.connections[587]).toBe(1)
})

/** In a function of its own, so that nothing it makes can be reached after it returns. */
async function sendAndForget(settings: SubmissionSettings, count: number): Promise<void> {
  const mailers = Array.from({ length: count }, () => createTransport(settings, { pool: true, selection: unhurried }))
  await Promise.all(mailers.map((mailer) => mailer.sendMail(letter)))
}

/** Counts the connections that servers of this process have open. */
function watchServerSockets(): () => number {
  const sockets: Socket[] = []
  const listen = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket)
  subscribe('net.server.socket', listen)
  onTestFinished(() => void unsubscribe('net.server.socket', listen))
  // A socket that was upgraded to TLS emits no `close`.
  return () => sockets.filter(({ destroyed }) => !destroyed).length
}

/** Collects garbage, and lets finalizers run and sockets close. */
async function collect(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (let time = 0; time < 3; time++) {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    gc()
  }
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
