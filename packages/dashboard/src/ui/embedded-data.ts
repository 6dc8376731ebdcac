import type { PageData } from './page-data.ts'
import { type PackedState, packState, unpackState } from './packed-state.ts'

/** The data as it is in the page. */
interface EmbeddedData extends Omit<PageData, 'state'> {
  readonly state: PackedState
}

/** JSON that cannot end the script element, nor begin a comment in it. */
export function embeddedData({ state, ...rest }: PageData): string {
  const embedded: EmbeddedData = { ...rest, state: packState(state) }
  return JSON.stringify(embedded).replaceAll('<', '\\u003c')
}

/** The data again, in the browser. */
export function readEmbeddedData(json: string): PageData {
  const { state, ...rest } = JSON.parse(json) as EmbeddedData
  return { ...rest, state: unpackState(state) }
}
