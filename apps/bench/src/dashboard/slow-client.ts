import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProviderSettings } from '@postern/testing'
import { rowsOf } from '../comparison.ts'
import { median } from '../measure.ts'
import { inRounds } from '../rounds.ts'
import { megabytes, type Row } from '../table.ts'
import { withApp } from './app.ts'
import { warmUp, withClients } from './clients.ts'

const EVENTS = 10_000
/** Milliseconds between a thousand events and the next. Updates are a second apart. */
const PAUSE = 300

/** The memory of an app while many events pass a client that reads nothing, beside one that reads. */
export async function slowClient(settings: ProviderSettings, rounds: number): Promise<Row[]> {
  const [own, peer] = (await inRounds(['stall', 'open'] as const, { rounds, warmUp: 0 }, (way) => passEvents(way, settings))) as [Passed[], Passed[]]
  const middle = (of: (passed: Passed) => number) => (all: readonly Passed[]) => median(all.map(of))
  return rowsOf([{ name: 'a client that reads', own, peer }], [
    { what: `memory while ${EVENTS} events pass a client that reads nothing`, of: middle(({ grown }) => grown), show: megabytes },
    { what: 'of that, written to the socket', of: middle(({ waiting }) => waiting), show: megabytes },
  ])
}

interface Passed {
  /** Bytes more than before the client came. */
  readonly grown: number
  /** Bytes that the operating system has not taken. */
  readonly waiting: number
}

/** Over a Unix socket, because its buffer has a fixed size: that of a TCP connection takes megabytes that no client has read. */
async function passEvents(way: 'open' | 'stall', settings: ProviderSettings): Promise<Passed> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'))
  try {
    return await withApp({ served: 'dashboard', settings, socket: join(folder, 'app') }, ({ address, call }) =>
      withClients(address, async (clients) => {
        await warmUp(clients, 1)
        const before = await call('memory')
        await clients(way, 1)
        for (let passed = 0; passed < EVENTS; passed += 1_000) {
          await call('record', 1_000)
          await delay(PAUSE)
        }
        return { grown: (await call('memory')) - before, waiting: await call('waiting') }
      }),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
