import { versions } from 'node:process'
import type { ProbeReport } from '@postern/core'
import type { CliTexts } from '../text/index.ts'
import { describeIssue } from '../target.ts'
import { jsonPort, type JsonLine, type JsonPort, type JsonReport } from './json-report.ts'

/** Prints a report in one format, as lines. */
export type Formatter = (report: JsonReport, texts: CliTexts) => readonly string[]

/** The formats beside text, by the value of `--format`. */
export const formatters: Readonly<Record<string, Formatter>> = { json, ndjson, md: markdown, github, junit }

function json(report: JsonReport): readonly string[] {
  return JSON.stringify(report, undefined, 2).split('\n')
}

/** The last line. Those of the ports are printed while they answer: `portLine`. */
function ndjson(report: JsonReport): readonly string[] {
  const { ports: _, ...result } = report
  return [jsonLine({ type: 'result', ...result })]
}

/** The line of a port, and of the port with the login. */
export function portLine(report: ProbeReport, isLogin: boolean): string {
  return jsonLine(isLogin ? { type: 'login', ...jsonPort(report), login: report.login } : { type: 'port', ...jsonPort(report) })
}

export function jsonLine(line: JsonLine): string {
  return JSON.stringify(line)
}

/** For an issue. The recommendation is left out: it is for the reporter, and has the user name. */
function markdown({ host, ports, login, issues = [], findings, diagnosis, verdict }: JsonReport, { headings, security, statuses, login: loginName }: CliTexts): readonly string[] {
  const rows = [
    ...ports.map((port) => [`${port.port} ${security[port.security]}`, statuses[port.status], port.message ?? [port.tls?.protocol, ...(port.auth ?? [])].filter(Boolean).join(' ')]),
    ...(login ? [[loginName, statuses[login.outcome as 'accepted'], login.reason ?? login.mechanism ?? '']] : []),
    ...issues.map(({ path, message }) => [path, statuses.error, message]),
    ...findings.map(({ code, severity, message }) => [code, statuses[severity], message]),
  ]
  return [
    `### postern doctor ${cell(host ?? '')}`.trimEnd(),
    '',
    `| | | |`,
    `| --- | --- | --- |`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
    ...(diagnosis ? [`**${headings.diagnosis}:** ${cell(`${diagnosis.message} ${diagnosis.advice}`)}`, ''] : []),
    `${verdict} (Node ${versions.node}, ${process.platform})`,
  ]
}

function cell(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, '\\$&')
}

/** Annotations of a workflow of GitHub. */
function github({ status, issues = [], findings, diagnosis, verdict }: JsonReport): readonly string[] {
  const levels = { error: 'error', warning: 'warning', info: 'notice', pass: 'notice', warn: 'warning', fail: 'error' } as const
  const annotation = (level: keyof typeof levels, code: string, text: string) => `::${levels[level]} title=${property(`postern: ${code}`)}::${data(text)}`
  return [
    ...issues.map((issue) => annotation('error', issue.path, describeIssue(issue))),
    ...findings.map(({ severity, code, message, advice }) => annotation(severity, code, `${message} ${advice}`)),
    diagnosis ? annotation('error', diagnosis.code, `${diagnosis.message} ${diagnosis.advice}`) : annotation(status, 'doctor', verdict),
  ]
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/**
 * A test suite with a case for each port, and one for the settings as a whole. Only the latter fails: a pipeline that passes by the
 * exit code passes by this file. Ports that do not work are skipped, with their message.
 */
function junit({ host, ports, ok, verdict, issues = [], diagnosis }: JsonReport, { security }: CliTexts): readonly string[] {
  const classname = xml(host ?? 'settings')
  const port = ({ port, security: kind, ms, message, code }: JsonPort) => {
    const start = `    <testcase classname="${classname}" name="${xml(`${port} ${security[kind]}`)}" time="${(ms / 1_000).toFixed(3)}"`
    return message === null ? `${start}/>` : `${start}><skipped message="${xml(`${code}: ${message}`)}"/></testcase>`
  }
  const text = diagnosis ? `${diagnosis.message} ${diagnosis.advice}` : [verdict, ...issues.map(describeIssue)].join(' ')
  const whole = `    <testcase classname="${classname}" name="doctor"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="postern doctor" tests="${ports.length + 1}" failures="${ok ? 0 : 1}" skipped="${ports.filter(({ message }) => message !== null).length}">`,
    ...ports.map(port),
    ok ? `${whole}/>` : `${whole}><failure message="${xml(verdict)}">${xml(text)}</failure></testcase>`,
    '  </testsuite>',
    '</testsuites>',
  ]
}

function xml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
