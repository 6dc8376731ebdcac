export type { Clock } from './clock.ts'
export { type Endpoint, endpointKey, isSameEndpoint, type Security } from './endpoint.ts'
export { diagnose, type DiagnoseOptions } from './failure/diagnose.ts'
export { describeFailure, type Failure, type FailureCode, type FailureFacts, type FailureReason, type Stage } from './failure/failure.ts'
export {
  createHealthMonitor,
  type HealthMonitor,
  type HealthMonitorOptions,
  type HealthSource,
} from './health/monitor.ts'
export type { HealthReport } from './health/report.ts'
export { explainPlan, isLoopback, type PlannedEndpoint, planEndpoints, type PlanOptions, type PlanStep } from './policy.ts'
export { describePort, type PortDescription, type PortFacts, portTable, securityOfPort } from './ports.ts'
export { probe, type ProbeOptions } from './probe/probe.ts'
export type { LoginReport, ProbeReport } from './probe/report.ts'
export { selectEndpoint, type SelectEndpointOptions, type Selection } from './probe/select-endpoint.ts'
export { type SurveyOptions, surveyPorts, type SurveyProgress, type SurveyReport } from './probe/survey.ts'
export type { Attempt, AttemptOutcome } from './selection/attempt.ts'
export { canTryNextEndpoint } from './selection/climb.ts'
export {
  diagnoseAttempts,
  type DiagnoseAttemptsOptions,
  type Diagnosis,
  type DiagnosisCode,
} from './selection/diagnosis.ts'
export { NoUsableEndpointError } from './selection/no-usable-endpoint-error.ts'
export type { SelectionOptions } from './selection/options.ts'
export type { RaceTiming } from './selection/race.ts'
export type { RecheckTiming } from './selection/recheck.ts'
export { createEndpointSelector, type EndpointSelector } from './selection/selector.ts'
export type {
  ConnectOptions,
  ExamineOptions,
  Fallback,
  OpenConnection,
  LastSuccess,
  RungState,
  SelectorChange,
  SelectorEvents,
  SelectorOptions,
  SelectorState,
} from './selection/selector-state.ts'
export { lookupProvider } from './providers/lookup.ts'
export type { LoginKind, Provider, ProviderPort } from './providers/provider.ts'
export { findService, type Service } from './providers/service.ts'
export { checkSettings, type CheckOptions } from './rules/check-settings.ts'
export type { Finding, FindingCode, Severity } from './rules/finding.ts'
export { formatSettings, type FormatSettingsOptions } from './settings/format-settings.ts'
export { settingsFromEnv, settingsVariables } from './settings/from-env.ts'
export { settingsJsonSchema } from './settings/json-schema.ts'
export { assertPositive } from './settings/assert-positive.ts'
export { type ParseOptions, parseSettings } from './settings/parse.ts'
export { redact } from './settings/redact.ts'
export { SecretError, type SecretErrorInit } from './settings/secret-error.ts'
export { SettingsError, type SettingsIssue } from './settings/settings-error.ts'
export { describeSettingsForm, type FormField, type JsonSchema, type SettingsForm, type SettingsFormOptions } from './settings/settings-form.ts'
export type { NodeTlsName } from './settings/node-tls.ts'
export type {
  Candidate,
  Credentials,
  LoginSettings,
  Policy,
  SecretRequest,
  SecretSource,
  SmtpSettings,
  TlsSettings,
} from './settings/settings.ts'
export { type Budgets, defaultBudgets } from './smtp/budgets.ts'
export type { CancelSignal } from './smtp/cancellation.ts'
export { canRenewLogin, resolveLogin, type ResolveLoginOptions } from './smtp/resolve-login.ts'
export { createSaslLogin, type LoginStep, type SaslLoginOptions } from './smtp/sasl-login.ts'
export type { LoginResult } from './smtp/sasl.ts'
export type { Dial } from './smtp/dial.ts'
export { isSenderAddress, type SenderCheck } from './smtp/sender-check.ts'
export type { StageTime } from './smtp/session.ts'
export type { Address } from './smtp/resolve.ts'
export type { Capabilities, Limits } from './smtp/capabilities.ts'
export type { CertificateFacts, CertificateReport, TlsReport } from './smtp/tls-report.ts'
export { format } from './text/format.ts'
export { type Locale, type Texts, textsFor } from './text/index.ts'
export { printable } from './text/printable.ts'
export { inLocale } from './text/translatable.ts'
