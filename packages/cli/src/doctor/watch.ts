import { endpointKey, format, type ProbeReport, type SurveyReport } from '@postern/core'
import type { Invocation } from '../command.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { Columns, Output, Row } from '../output.ts'
import { portStatus } from '../port-status.ts'
import { portColumns, portRow } from '../rows.ts'
import { jsonLine } from './formats.ts'
import { jsonPort } from './json-report.ts'

/** A port that answers otherwise than before. */
interface Change {
  readonly from: ProbeReport
  readonly to: ProbeReport
}

/**
 * Examines the ports again and again until Ctrl-C, and prints a line for each change.
 *
 * @param first the ports as they answered first
 * @param interval milliseconds from the end of an examination to the next one
 * @param examineAgain examines them once more
 */
export async function watchPorts(first: SurveyReport, interval: number, examineAgain: () => Promise<SurveyReport>, out: Output, { io, options, texts }: Invocation): Promise<ExitCode> {
  const { time, signal } = io
  const isText = options.format !== 'ndjson'
  const columns = changeColumns(texts)
  let known = first.ports
  try {
    for (;;) {
      if (isText) out.note(format(texts.watching, { time: timestamp(time.now()), seconds: interval / 1_000 }))
      await time.wait(interval, signal)
      const { ports } = await examineAgain()
      if (signal.aborted) return exitCode.interrupted
      for (const change of changesBetween(known, ports)) {
        if (isText) out.row(changeRow(change, time.now(), out.width, texts), columns)
        else out.line(changeLine(change, time.now()))
      }
      known = ports
    }
  } finally {
    out.note('')
  }
}

function changesBetween(before: readonly ProbeReport[], after: readonly ProbeReport[]): Change[] {
  const known = new Map(before.map((report) => [endpointKey(report.endpoint), report]))
  return after.flatMap((to) => {
    const from = known.get(endpointKey(to.endpoint))
    return from && from.failure?.code !== to.failure?.code ? [{ from, to }] : []
  })
}

function changeRow({ from, to }: Change, now: number, width: number, texts: Invocation['texts']): Row {
  const row = portRow(to, texts, width)
  return { ...row, name: `${timestamp(now)} ${row.name}`, status: `${texts.statuses[portStatus(from)]} → ${row.status}` }
}

function changeColumns(texts: Invocation['texts']): Columns {
  const { name, status } = portColumns(texts)
  return { name: timestamp(0).length + 1 + name, status: status * 2 + 3 }
}

function changeLine({ from, to }: Change, now: number): string {
  const { code, status } = jsonPort(from)
  return jsonLine({ type: 'change', time: new Date(now), from: { status, code }, ...jsonPort(to) })
}

/** Without milliseconds: `2026-01-01T12:00:00Z` */
function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
