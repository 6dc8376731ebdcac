import type { SettingsError } from '@postern/core'
import type { Invocation } from './command.ts'
import { columnsFor, rowOf } from './rows.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import type { Output } from './output.ts'

/** Prints what is wrong with the settings of the environment. */
export function reportIssues({ issues }: SettingsError, out: Output, { options, texts }: Invocation): ExitCode {
  if (options.format === 'json') {
    out.json({ version: 1, ok: false, status: 'fail', verdict: texts.verdicts.errors, issues })
    return exitCode.fails
  }
  const rows = issues.map(({ path, message }) => rowOf(path, 'error', message, texts))
  for (const row of rows) out.row(row, columnsFor(rows))
  out.line()
  out.line(texts.verdicts.errors, 'red')
  return exitCode.fails
}
