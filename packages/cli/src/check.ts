import { checkSettings, explainPlan } from '@postern/core'
import type { Command } from './command.ts'
import { statusStyles } from './port-status.ts'
import { columnsFor, findingRow, portName, rowOf } from './rows.ts'
import { exitCode } from './exit-code.ts'
import type { CheckReport } from './json-output.ts'
import { loadSettings, relevantFindings } from './load-settings.ts'
import { Output } from './output.ts'

/** `postern check`: checks settings without a connection. */
export const check: Command = async (invocation) => {
  const { options, io, locale, texts } = invocation
  const out = new Output(io.stdout, io)
  const loaded = await loadSettings(invocation, new Output(io.stderr, io), { login: 'never' })
  const { settings } = loaded
  const findings = relevantFindings(checkSettings(settings, { locale }), loaded)
  const plan = explainPlan(settings, { locale })
  const result = results.find(({ severity }) => severity === undefined || findings.some((one) => one.severity === severity))!
  const sentence = texts.verdicts[result.verdict]
  if (options.format === 'json') {
    out.json({ version: 1, host: settings.host, ok: result.exit !== exitCode.fails, status: result.status, verdict: sentence, findings, plan } satisfies CheckReport)
    return result.exit
  }
  const rows = findings.filter(({ severity }) => !options.spotlight || severity !== 'info').map((finding) => findingRow(finding, texts))
  for (const row of rows) out.row(row, columnsFor(rows))
  if (!options.spotlight) {
    out.section(texts.headings.plan)
    const steps = plan.map(({ included, reason, ...port }) => rowOf(portName(port, texts), included ? 'used' : 'left-out', reason, texts))
    for (const step of steps) out.row(step, columnsFor(steps))
  }
  out.line()
  out.line(sentence, statusStyles[result.severity ?? 'used'])
  return result.exit
}

/** What the worst finding means. */
const results = [
  { severity: 'error', verdict: 'errors', status: 'fail', exit: exitCode.fails },
  { severity: 'warning', verdict: 'settingsWarnings', status: 'warn', exit: exitCode.warnings },
  { severity: undefined, verdict: 'settingsFine', status: 'pass', exit: exitCode.fine },
] as const
