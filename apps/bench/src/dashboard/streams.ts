import type { ProviderSettings } from '@postern/testing'
import { noMoreThan, rowsOf } from '../comparison.ts'
import { inRounds } from '../rounds.ts'
import { median } from '../measure.ts'
import { kilobytes, type Row } from '../table.ts'
import { type Served, withApp } from './app.ts'
import { warmUp, withClients } from './clients.ts'

/** The number of pages that are open at the same time. */
export const STREAMS = 100

/** The memory of an open stream, and what remains when the clients have gone. */
export async function streams(settings: ProviderSettings, rounds: number): Promise<Row[]> {
  const [own, bare] = (await inRounds(['dashboard', 'bare'] as const, { rounds, warmUp: 0 }, (served) => openAndClose(served, settings))).map(middle) as [Streams, Streams]
  const name = 'bare event stream'
  const open = 'while they are open'
  return [
    ...rowsOf([{ name, own, peer: bare }], [{ what: `memory per open stream, ${STREAMS} open`, of: ({ whileOpen }) => whileOpen / STREAMS, show: kilobytes }]),
    ...rowsOf([{ name: open, own: own.afterwards, peer: own.whileOpen }], [{ what: `memory after ${STREAMS} clients have gone`, of: (bytes) => bytes, show: kilobytes }]),
    ...rowsOf([{ name: open, own: own.socketsAfterwards, peer: own.sockets }], [{ what: `sockets after ${STREAMS} clients have gone`, of: (count) => count, show: String, goal: noMoreThan(0, '0') }]),
  ]
}

/** Bytes more than before the clients came, and numbers of sockets. */
interface Streams {
  readonly whileOpen: number
  readonly afterwards: number
  readonly sockets: number
  readonly socketsAfterwards: number
}

function openAndClose(served: Served, settings: ProviderSettings): Promise<Streams> {
  return withApp({ served, settings }, ({ address, call }) =>
    withClients(address, async (clients) => {
      await warmUp(clients, STREAMS)
      const before = await call('memory')
      await clients('open', STREAMS)
      const [open, sockets] = [await call('memory'), await call('sockets')]
      await clients('close')
      const closed = await call('memory')
      return { whileOpen: open - before, afterwards: closed - before, sockets, socketsAfterwards: await call('sockets') }
    }),
  )
}

function middle(all: readonly Streams[]): Streams {
  const of = (name: keyof Streams) => median(all.map((one) => one[name]))
  return { whileOpen: of('whileOpen'), afterwards: of('afterwards'), sockets: of('sockets'), socketsAfterwards: of('socketsAfterwards') }
}
