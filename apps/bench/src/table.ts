import Table from 'cli-table3'

/** One row of the report: Postern's value, a peer's value, and optionally their ratio and a goal. */
export interface Row {
  readonly what: string
  readonly postern: string
  readonly peer: string
  readonly peerName: string
  readonly ratio?: string
  readonly goal?: string
  readonly met?: boolean
}

export function render(rows: readonly Row[]): string {
  const table = new Table({
    head: ['', 'Postern', 'peer', '', 'ratio', 'goal', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'left'],
  })
  for (const { what, postern, peer, peerName, ratio = '', goal = '', met } of rows) {
    table.push([what, postern, peerName, peer, ratio, goal, met === undefined ? '' : met ? 'met' : 'MISSED'])
  }
  return table.toString()
}

export function milliseconds(ms: number, digits = 1): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${ms.toFixed(digits)} ms`
}

export function perSecond(rate: number): string {
  return `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)} /s`
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`
}
