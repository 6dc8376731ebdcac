import { format, lookupProvider, type ProbeReport, type SurveyOptions, surveyPorts, type SurveyProgress, type SurveyReport } from '@postern/core'
import type { Command, Invocation } from '../command.ts'
import { intervalOf, localAddressOf, senderOf, timeoutOf } from '../connection-options.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { type LoadedSettings, loadSettings, relevantFindings } from '../load-settings.ts'
import type { Options } from '../options.ts'
import { Output } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { formatters, portLine } from './formats.ts'
import { jsonReport } from './json-report.ts'
import { portStatus, verdictStyles } from '../port-status.ts'
import { type Recommendation, recommend } from './recommendation.ts'
import { columnsFor, endpointName, findingRow, loginRow, portColumns, portRow } from '../rows.ts'
import { stageLegend } from '../stage-bar.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import { watchPorts } from './watch.ts'

/** `postern doctor`: examines the ports of a server from this machine, and recommends settings. */
export const doctor: Command = async (invocation) => {
  const { options, io } = invocation
  const out = new Output(io.stdout, io)
  const errors = new Output(io.stderr, io)
  const formatter = formatters[options.format ?? 'text']
  const asked = askedOf(options)
  const interval = intervalOf(options)
  if (options.watch && formatter && options.format !== 'ndjson') throw new UsageError('watch-format')
  const checkUser = (user: string | undefined) => {
    if (asked.checkSender !== undefined && user !== undefined && !options.login) throw new UsageError('from-without-login')
  }
  const loaded = await loadSettings(invocation, errors, { login: options.login ? 'always' : 'never', checkUser })
  const stream = options.format === 'ndjson' ? (report: ProbeReport, isLogin: boolean) => out.line(portLine(report, isLogin)) : undefined
  const survey = await examine(loaded, asked, invocation, formatter ? undefined : out, stream)
  if (io.signal.aborted) return exitCode.interrupted
  const verdict = verdictOf(loaded.settings, survey)
  const recommendation = recommendationFor(loaded, verdict, invocation)
  const sentence = describeVerdict(verdict, survey, invocation)
  if (formatter) out.lines(formatter(jsonReport(loaded.settings.host, survey, verdict, sentence, recommendation), invocation.texts))
  else reportAsText(survey, recommendation, sentence, verdict.exit, out, invocation)
  if (!options.watch) return verdict.exit
  // A login is tested once: repeated ones may lock the account.
  const examineAgain = async () => await surveyPorts(loaded.settings, { ...surveyOptionsOf(asked, invocation), login: false, checkSender: undefined })
  return await watchPorts(survey, interval, examineAgain, out, invocation)
}

/** The options of the examination that the command line sets. */
type AskedOptions = Pick<SurveyOptions, 'deadline' | 'checkSender' | 'localAddress'>

/** @throws UsageError for a value that is not valid */
function askedOf(options: Options): AskedOptions {
  return { deadline: timeoutOf(options), checkSender: senderOf(options), localAddress: localAddressOf(options) }
}

function surveyOptionsOf(asked: AskedOptions, { io, locale }: Invocation): SurveyOptions {
  return { locale, env: io.env, signal: io.signal, dial: io.dial, ...asked }
}

/**
 * Prints each port to a terminal as soon as it answers, and otherwise all of them in the order of the ladder.
 *
 * @param stream called with each port as soon as it answers
 */
async function examine(loaded: LoadedSettings, asked: AskedOptions, invocation: Invocation, out: Output | undefined, stream: ((report: ProbeReport, isLogin: boolean) => void) | undefined): Promise<SurveyReport> {
  const { options, texts } = invocation
  const { settings } = loaded
  const { host } = settings
  out?.paragraph(format(texts.headline, { host, provider: lookupProvider(host)?.name }), 'bold')
  const width = out?.width ?? Infinity
  const columns = portColumns(texts, options.spotlight ? undefined : width)
  const waiting = new Set<number>()

  const show = (report: ProbeReport, isLogin: boolean) => {
    // Ctrl-C says nothing about the port.
    if (report.failure?.code === 'aborted') return
    const row = isLogin ? loginRow(report, texts) : portRow(report, texts, width)
    const isWell = isLogin ? report.ok : portStatus(report) === 'open'
    if (row && !(options.spotlight && isWell)) out?.row(row, columns)
  }
  const onProgress = ({ endpoint: { port }, isLogin, report }: SurveyProgress) => {
    if (report) waiting.delete(port)
    else waiting.add(port)
    if (report && out?.isTerminal) show(report, isLogin)
    if (report && report.failure?.code !== 'aborted') stream?.(report, isLogin)
    out?.note(waiting.size > 0 ? format(texts.waiting, { ports: [...waiting].join(', ') }) : '')
  }

  const survey = await surveyPorts(settings, { ...surveyOptionsOf(asked, invocation), login: options.login === true, onProgress })
  out?.note('')
  if (columns.bar !== undefined) out?.line(`  ${stageLegend}`, 'dim')
  if (!out?.isTerminal) {
    for (const report of survey.ports) show(report, false)
    for (const report of survey.ports) show(report, true)
  }
  return { ...survey, findings: relevantFindings(survey.findings, loaded) }
}

function recommendationFor({ settings, user }: LoadedSettings, { best, code }: Verdict, { options, texts }: Invocation): Recommendation | undefined {
  return best && code !== 'fails' ? recommend({ settings, best, user, ca: options.ca }, texts) : undefined
}

function describeVerdict({ code, exit, first, best }: Verdict, { ports }: SurveyReport, { texts }: Invocation): string {
  const sentence = format(texts.verdicts[code], { first: endpointName(first, texts), endpoint: endpointName(best, texts) })
  const isUntested = exit !== exitCode.fails && ports.every(({ login }) => login.outcome === 'not-tried')
  return isUntested ? `${sentence} ${texts.verdicts.untested}` : sentence
}

function reportAsText(survey: SurveyReport, recommendation: Recommendation | undefined, verdict: string, exit: ExitCode, out: Output, { texts, options }: Invocation): void {
  const { headings } = texts
  const findings = survey.findings.filter(({ severity }) => !options.spotlight || severity !== 'info').map((finding) => findingRow(finding, texts))
  if (findings.length > 0) out.section(headings.findings)
  for (const row of findings) out.row(row, columnsFor(findings))
  if (survey.diagnosis) {
    out.section(headings.diagnosis)
    out.paragraph(`${survey.diagnosis.message} ${survey.diagnosis.advice}`)
  }
  if (recommendation && !options.spotlight) {
    out.section(headings.recommendation)
    for (const form of ['postern', 'nodemailer', 'environment'] as const) {
      out.line(`${headings[form]}:`, 'dim')
      // Not wrapped, so that it can be pasted.
      out.lines([recommendation[form]].flat().map((line) => `  ${line}`))
    }
  }
  out.line()
  out.paragraph(verdict, verdictStyles[exit])
}
