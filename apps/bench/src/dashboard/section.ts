import { withEmbedded } from '../embedded.ts'
import type { FreshOptions } from '../fresh/lines.ts'
import type { Row } from '../table.ts'
import { history } from './history.ts'
import { idle } from './idle.ts'
import { slowClient } from './slow-client.ts'
import { streams } from './streams.ts'

/** What a dashboard costs its app: CPU while nothing happens, memory of open pages, of recorded events and of a slow client. */
export async function dashboard({ rounds = 3 }: FreshOptions): Promise<Row[]> {
  return await withEmbedded(async (settings) => {
    const cpu = await idle(settings, rounds)
    // At the same time: the memory of a process does not depend on others.
    const memory = await Promise.all([streams, history, slowClient].map((measure) => measure(settings, rounds)))
    return [...cpu, ...memory.flat()]
  })
}
