// The building blocks for adapters to web frameworks.
export { type ClosableMailer, closeAfterLastMessage } from './close-after-last-message.ts'
export { systemClock } from './clock.ts'
export { isAllowed } from './is-allowed.ts'
export { assertAuthorize } from './guard/assert-authorize.ts'
export { createJsonRoute, type JsonExchange, type JsonRequest, type JsonRoute, type JsonRouteOptions } from './guard/json-route.ts'
export type { CheckRate } from './guard/limits.ts'
export type { PortOutcome } from './guard/live-check.ts'
export { type Problem, problemResponse, type ProblemCode } from './guard/problem.ts'
export { type NodeExchange, overNodeHttp } from './guard/node-http.ts'
export type { RequestBody } from './guard/read-body.ts'
export { createSettingsCheckRoute, type SettingsCheckRouteOptions } from './guard/route.ts'
export {
  createSettingsCheck,
  type SettingsCheck,
  type SettingsCheckResult,
  type SettingsCheckPolicy,
  type SettingsCheckRequest,
} from './guard/settings-check.ts'
export type { Resolve } from './guard/target.ts'
export { overWebHttp, type WebExchange } from './guard/web-http.ts'
export { type FallbackDetails, type HealthDetails, healthDetails, type RungDetails } from './health/details.ts'
export { healthMonitorFor } from './health/monitor-for.ts'
export { observedHealth } from './health/report.ts'
export { createHealthRoute, type HealthRequest, type HealthRouteOptions, livenessResponse } from './health/route.ts'
export { type HttpResponse, sendResponse, toResponse } from './http-response.ts'
export { stateInLocale } from './selection/state-in-locale.ts'
export { localeFrom } from './text/locale-from.ts'
