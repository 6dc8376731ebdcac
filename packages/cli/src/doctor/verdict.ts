import { type Endpoint, isSameEndpoint, planEndpoints, type SmtpSettings, type SurveyReport } from '@postern/core'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { CliTexts } from '../text/index.ts'

/** The result of an examination as a whole. */
export interface Verdict {
  readonly code: keyof CliTexts['verdicts']
  readonly exit: ExitCode
  /** The endpoint that the settings would use first. */
  readonly first: Endpoint | undefined
  /** The best endpoint that works. */
  readonly best: Endpoint | undefined
}

/** As in the health report: `fine` needs the best endpoint of the settings, and no warning. */
export function verdictOf(settings: SmtpSettings, { ok, findings, ports, recommended }: SurveyReport): Verdict {
  const plan = planEndpoints(settings)
  const [first] = plan
  const best = recommended && ports.find(({ endpoint: { port, security } }) => port === recommended.port && security === recommended.security)?.endpoint
  const isUsable = ports.some(({ endpoint, ok }) => ok && plan.some((one) => isSameEndpoint(one, endpoint)))
  const result = (code: Verdict['code'], exit: ExitCode): Verdict => ({ code, exit, first, best })

  if (!ok) return result('fails', exitCode.fails)
  if (findings.some(({ severity }) => severity === 'error')) return result('errors', exitCode.fails)
  // A port that was set has no fallback.
  if (!isUsable) return result('given', exitCode.fails)
  if (first && best && !isSameEndpoint(first, best)) return result('fallback', exitCode.warnings)
  if (findings.some(({ severity }) => severity === 'warning')) return result('warnings', exitCode.warnings)
  return result('works', exitCode.fine)
}
