import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as core from './index.ts'
import type {
  Attempt,
  Capabilities,
  CertificateFacts,
  Diagnosis,
  Endpoint,
  EndpointSelector,
  Failure,
  FailureCode,
  HealthMonitor,
  HealthReport,
  LoginStep,
  OpenConnection,
  ProbeReport,
  Selection,
  SelectorState,
  SettingsIssue,
  SmtpSettings,
  SurveyOptions,
  SurveyReport,
  TlsReport,
} from './index.ts'

it('has these public names, and no others', () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "NoUsableEndpointError",
      "SecretError",
      "SettingsError",
      "assertPositive",
      "canRenewLogin",
      "canTryNextEndpoint",
      "checkSettings",
      "createEndpointSelector",
      "createHealthMonitor",
      "createSaslLogin",
      "defaultBudgets",
      "describeFailure",
      "describePort",
      "describeSettingsForm",
      "diagnose",
      "diagnoseAttempts",
      "endpointKey",
      "explainPlan",
      "findService",
      "format",
      "formatSettings",
      "inLocale",
      "isLoopback",
      "isSameEndpoint",
      "isSenderAddress",
      "lookupProvider",
      "parseSettings",
      "planEndpoints",
      "portTable",
      "printable",
      "probe",
      "redact",
      "resolveLogin",
      "securityOfPort",
      "selectEndpoint",
      "settingsFromEnv",
      "settingsJsonSchema",
      "settingsVariables",
      "surveyPorts",
      "textsFor",
    ]
  `)
})

it('imports neither nodemailer nor a framework', () => {
  const { dependencies, peerDependencies } = JSON.parse(read('../package.json')) as Record<string, unknown>
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined])
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test|\.d)\.ts$/.test(name))
  for (const name of files) {
    const imported = readFileSync(new URL(name, import.meta.url), 'utf8').matchAll(/from '([^.][^']*)'/g)
    for (const [, module] of imported) expect(`${name}: ${module}`).toMatch(/: (?:node:[a-z/]+|zod\/mini|ipaddr\.js)$|^guard\/limits.ts: rate-limiter-flexible\/lib\/\w+\.js$/)
  }
})

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

it('has every name and code in the README', () => {
  const names = read('index.ts').replaceAll(/from '.*'|\b(?:export|type)\b/g, '').match(/\w+/g) ?? []
  const { failures, findings, diagnoses } = core.textsFor('en')
  const variants = /^(?:provider-port-discouraged|provider-auth-kind|password-ended|host-private-trusted|auth-unset|account-unknown|host-(?:form|stray|port|url|mailbox)|url-(?:stray|unencoded)|network-blocks-smtp-(?:partly|platform))$/
  const codes = [failures, findings, diagnoses].flatMap(Object.keys).filter((code) => !variants.test(code))
  const documented = new Set(read('../README.md').match(/[\w-]+/g))
  expect([...names, ...codes].filter((name) => !documented.has(name))).toEqual([])
})

describe('the types', () => {
  it('of settings', () => {
    expectTypeOf(core.parseSettings).parameter(0).toEqualTypeOf<unknown>()
    expectTypeOf(core.parseSettings).returns.toEqualTypeOf<SmtpSettings>()
    expectTypeOf(core.settingsFromEnv).parameter(0).toEqualTypeOf<NodeJS.ProcessEnv | undefined>()
    expectTypeOf(core.settingsFromEnv).returns.toEqualTypeOf<SmtpSettings>()
    expectTypeOf(core.planEndpoints).returns.toExtend<Endpoint[]>()
    expectTypeOf<core.SettingsError['issues']>().toEqualTypeOf<readonly SettingsIssue[]>()
    expectTypeOf<core.SettingsError['code']>().toEqualTypeOf<'invalid-settings'>()
    // `SmtpSettings` also accepts what a caller writes by hand.
    expectTypeOf<{ host: string; auth: { user: string; pass: string } }>().toExtend<SmtpSettings>()
    expectTypeOf<{ host: string; auth: { user: string } }>().not.toExtend<SmtpSettings>()
    expectTypeOf<{ host: string; security: 'ssl' }>().not.toExtend<SmtpSettings>()
    expectTypeOf<{ host: string; auth: { user: string; accessToken: (request: { renew: boolean }) => Promise<string> } }>().toExtend<SmtpSettings>()
    expectTypeOf<{ host: string; auth: { user: string; pass: () => number } }>().not.toExtend<SmtpSettings>()
    expectTypeOf<{ host: string; tls: { key: Buffer; cert: string; checkServerIdentity: () => undefined } }>().toExtend<SmtpSettings>()
    expectTypeOf<keyof NonNullable<SmtpSettings['tls']>>().extract<'secureContext' | 'session' | 'socket' | 'host'>().toBeNever()
  })

  it('of probe and selection', () => {
    expectTypeOf(core.probe).returns.resolves.toEqualTypeOf<ProbeReport>()
    expectTypeOf(core.probe).parameter(0).toEqualTypeOf<Endpoint>()
    expectTypeOf<ProbeReport['capabilities']>().toEqualTypeOf<Capabilities | undefined>()
    expectTypeOf<ProbeReport['untrustedCapabilities']>().toEqualTypeOf<Capabilities | undefined>()
    expectTypeOf<Capabilities['size']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Capabilities['keywords']>().toEqualTypeOf<Readonly<Record<string, readonly string[]>>>()
    expectTypeOf<TlsReport['unverified']>().toEqualTypeOf<FailureCode | undefined>()
    expectTypeOf<TlsReport['certificate']['chain']>().toEqualTypeOf<readonly CertificateFacts[]>()
    expectTypeOf<ProbeReport['login']['outcome']>().toEqualTypeOf<'accepted' | 'refused' | 'unknown' | 'not-tried'>()
    expectTypeOf(core.surveyPorts).parameter(0).toEqualTypeOf<SmtpSettings>()
    expectTypeOf(core.surveyPorts).parameter(1).toEqualTypeOf<SurveyOptions | undefined>()
    expectTypeOf(core.surveyPorts).returns.resolves.toEqualTypeOf<SurveyReport>()
    expectTypeOf<SurveyReport['recommended']>().toEqualTypeOf<SmtpSettings | undefined>()
    expectTypeOf<SurveyReport['ports']>().toEqualTypeOf<readonly ProbeReport[]>()
    // Only a race has `timing`. A survey examines all ports at once.
    expectTypeOf<keyof SurveyOptions>().toEqualTypeOf<
      'authMethod' | 'budgets' | 'checkSender' | 'clock' | 'deadline' | 'dial' | 'env' | 'localAddress' | 'locale' | 'login' | 'onProgress' | 'signal'
    >()
    expectTypeOf(core.selectEndpoint).returns.resolves.toEqualTypeOf<Selection>()
    expectTypeOf<Selection['attempts']>().toEqualTypeOf<readonly Attempt[]>()
    expectTypeOf<core.NoUsableEndpointError['diagnosis']>().toEqualTypeOf<Diagnosis>()
    expectTypeOf<core.NoUsableEndpointError['attempts']>().toEqualTypeOf<readonly Attempt[]>()
    expectTypeOf(core.canTryNextEndpoint).toEqualTypeOf<(failure: Failure) => boolean>()
  })

  it('of the selector', () => {
    expectTypeOf(core.createEndpointSelector).returns.toEqualTypeOf<EndpointSelector>()
    expectTypeOf<EndpointSelector['connect']>().returns.resolves.toEqualTypeOf<OpenConnection>()
    expectTypeOf<EndpointSelector['examine']>().returns.resolves.toEqualTypeOf<Endpoint>()
    expectTypeOf<EndpointSelector['state']>().toEqualTypeOf<() => SelectorState>()
    expectTypeOf<EndpointSelector>().toExtend<core.HealthSource>()
  })

  it('of health and failures', () => {
    expectTypeOf(core.createHealthMonitor).returns.toEqualTypeOf<HealthMonitor>()
    expectTypeOf<HealthMonitor['check']>().returns.resolves.toEqualTypeOf<HealthReport>()
    expectTypeOf<HealthReport['status']>().toEqualTypeOf<'pass' | 'warn' | 'fail'>()
    expectTypeOf(core.diagnose).parameter(0).toEqualTypeOf<unknown>()
    expectTypeOf(core.diagnose).returns.toEqualTypeOf<Failure>()
    expectTypeOf<'connect-refused' | 'starttls-injection' | 'no-usable-endpoint'>().toExtend<FailureCode>()
    expectTypeOf(core.createSaslLogin).returns.toEqualTypeOf<(reply?: string) => LoginStep>()
  })
})

const failure = (facts: Partial<Failure>): Failure => ({ code: 'connection-lost', stage: 'connect', message: '', advice: '', ...facts })

describe('canTryNextEndpoint()', () => {
  it.each<[may: boolean, facts: Partial<Failure>]>([
    [true, { stage: 'dns', code: 'dns-timeout' }],
    [true, { stage: 'greeting', code: 'greeting-rejected', replyCode: 554 }],
    [true, { stage: 'starttls', code: 'starttls-rejected', replyCode: 454 }],
    [true, { stage: 'tls', code: 'certificate-expired' }],
    [true, { stage: 'auth', code: 'auth-not-offered' }],
    [true, { stage: 'auth', code: 'connection-lost' }],
    [true, { stage: 'mail', code: 'connection-lost' }],
    [true, { stage: 'auth', code: 'protocol-error', replyCode: 250 }],
    [true, { stage: 'auth', code: 'protocol-error', replyCode: 334 }],
    [true, { stage: 'data', code: 'protocol-error', replyCode: 399 }],
    [false, { stage: 'data', code: 'message-rejected', replyCode: 400 }],
    [false, { stage: 'auth', code: 'auth-rejected', replyCode: 535 }],
    [false, { stage: 'auth', code: 'auth-temporary', replyCode: 454 }],
    [false, { stage: 'mail', code: 'sender-rejected', replyCode: 451 }],
    [false, { stage: 'rcpt', code: 'recipient-rejected', replyCode: 550 }],
    [false, { stage: 'message', code: 'message-rejected', replyCode: 554 }],
    [false, { stage: 'connect', code: 'aborted' }],
    [false, { stage: 'tls', code: 'deadline' }],
  ])('is %s after %o', (may, facts) => {
    expect(core.canTryNextEndpoint(failure(facts))).toBe(may)
  })
})
