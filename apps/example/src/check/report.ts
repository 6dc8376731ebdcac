import { describePort, explainPlan, formatSettings, type Locale, lookupProvider, selectEndpoint, settingsVariables, type SmtpSettings, surveyPorts } from '@postern/core'
import { findingsOf } from '../findings.ts'
import type { MailSetup } from '../mail-setup.ts'
import { senderCheckOf } from '../sender-check.ts'

export interface ReportOptions {
  readonly mail: MailSetup
  readonly env: NodeJS.ProcessEnv
  readonly locale: Locale
}

/** What Postern finds out about a server without sending a message, line by line. `npx postern doctor` says more. */
export async function* report({ mail, env, locale }: ReportOptions): AsyncGenerator<string> {
  const { settings, dial } = mail
  yield `Settings: ${textOf(settings)}`
  const variables = settingsVariables.filter(([name]) => env[name]).map(([name, setting]) => `${name} (${setting})`)
  yield `Set by environment variables: ${variables.join(', ') || 'none'}`
  const provider = lookupProvider(settings.host)
  yield `Provider: ${provider ? `${provider.name}, login by ${provider.login.kinds.join(' or ')}` : 'not in the catalogue'}`

  yield '\nFindings, without a connection:'
  const findings = findingsOf(settings, locale)
  yield* findings.length > 0 ? findings : ['none']

  yield '\nThe plan:'
  for (const { port, security, included, reason } of explainPlan(settings, { locale })) {
    const name = describePort(port, { locale })?.name ?? 'another port'
    yield `${included ? '  ' : '  not '}${port}, ${security}: ${name}. ${reason}`
  }

  yield '\nThe ports from here:'
  const options = { dial, locale, budgets: mail.transport.selection?.budgets }
  const { ports, recommended, diagnosis } = await surveyPorts(settings, { ...options, checkSender: senderCheckOf(mail) })
  for (const { endpoint, failure, tls } of ports) {
    const certificate = tls && `${tls.protocol}, certificate ${tls.certificate.fingerprint}, ${tls.certificate.daysLeft} days left.`
    yield `  ${endpoint.port}: ${[failure?.message ?? 'works.', certificate].filter(Boolean).join(' ')}`
  }
  if (diagnosis) yield `${diagnosis.message} ${diagnosis.advice}`
  if (!recommended) return
  yield `\nRecommended: ${textOf(recommended)}`
  const { endpoint, attempts } = await selectEndpoint(settings, options)
  yield `A message would go over ${endpoint.port}. Tried: ${attempts.map(({ endpoint }) => endpoint.port).join(', ')}.`
}

/** Without the certificates, which would fill the screen. */
function textOf(settings: SmtpSettings): string {
  return formatSettings({ ...settings, tls: undefined })
}
