import type { SettingsError } from '@postern/core'
import type { Invocation } from './command.ts'
import { formatters } from './doctor/formats.ts'
import { invalidReport } from './doctor/json-report.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Output } from './output.ts'
import { columnsFor, rowOf } from './rows.ts'

/** Prints what is wrong with the settings of the environment. */
export function reportIssues({ issues }: SettingsError, { options, io, texts }: Invocation): ExitCode {
  const out = new Output(io.stdout, io)
  const formatter = formatters[options.format ?? 'text']
  if (formatter) {
    out.lines(formatter(invalidReport(issues, texts.verdicts.errors), texts))
    return exitCode.fails
  }
  const rows = issues.map(({ path, message }) => rowOf(path, 'error', message, texts))
  for (const row of rows) out.row(row, columnsFor(rows))
  out.line()
  out.line(texts.verdicts.errors, 'red')
  return exitCode.fails
}
