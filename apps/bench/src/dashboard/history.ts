import type { ProviderSettings } from '@postern/testing'
import { rowsOf } from '../comparison.ts'
import { median } from '../measure.ts'
import { inRounds } from '../rounds.ts'
import { megabytes, type Row } from '../table.ts'
import { withApp } from './app.ts'

/** The first of them fills the default history. */
const RECORDED = [1_000, 10_000, 110_000] as const

/** The memory that more and more events take, beside that of the app before them. */
export async function history(settings: ProviderSettings, rounds: number): Promise<Row[]> {
  const [all] = await inRounds([settings], { rounds, warmUp: 0 }, record)
  const before = median(all!.map((memory) => memory.before))
  return RECORDED.flatMap((count, index) => {
    const own = median(all!.map(({ grown }) => grown[index]!))
    return rowsOf([{ name: 'the app before', own, peer: before }], [{ what: `memory of ${count} events`, of: (bytes) => bytes, show: megabytes }])
  })
}

interface Memory {
  readonly before: number
  /** Bytes more than before, after each number of events. */
  readonly grown: readonly number[]
}

function record(settings: ProviderSettings): Promise<Memory> {
  return withApp({ served: 'dashboard', settings }, async ({ call }) => {
    const before = await call('memory')
    const grown: number[] = []
    let recorded = 0
    for (const count of RECORDED) {
      await call('record', count - recorded)
      recorded = count
      grown.push((await call('memory')) - before)
    }
    return { before, grown }
  })
}
