import type { Cause } from './oauth2-error.ts'

/** An error response of a token endpoint: RFC 6749 §5.2, with what Microsoft and Google add. */
export interface ErrorBody {
  readonly error?: unknown
  /** Microsoft. */
  readonly suberror?: unknown
  /** Microsoft: the numbers of its AADSTS errors. */
  readonly error_codes?: unknown
  /** Google. */
  readonly error_subtype?: unknown
}

/** The cause for each known `error`. An unknown one is not repeated, because it may contain a secret. */
const causes: Readonly<Record<string, Cause>> = {
  invalid_grant: 'invalid-grant',
  expired_token: 'login-expired',
  invalid_client: 'invalid-client',
  deleted_client: 'invalid-client',
  disabled_client: 'invalid-client',
  unauthorized_client: 'unauthorized-client',
  invalid_scope: 'invalid-scope',
  invalid_resource: 'invalid-scope',
  invalid_target: 'invalid-scope',
  access_denied: 'login-denied',
  authorization_declined: 'login-denied',
  admin_policy_enforced: 'consent-required',
  authorization_pending: 'consent-required',
  consent_required: 'consent-required',
  interaction_required: 'consent-required',
  login_required: 'consent-required',
  invalid_request: 'request-rejected',
  unsupported_grant_type: 'request-rejected',
  server_error: 'unavailable',
  slow_down: 'unavailable',
  temporarily_unavailable: 'unavailable',
}

/** Subcodes of `invalid_grant` that ask for an interactive sign-in or consent. */
const interactive: ReadonlySet<unknown> = new Set([
  'additional_action',
  'basic_action',
  'consent_required',
  'invalid_rapt',
  'message_only',
  'user_password_expired',
])

/** What `invalid_grant` means for grants other than a refresh token. */
const invalidGrants: Readonly<Record<string, Cause>> = {
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'invalid-assertion',
  'urn:ietf:params:oauth:grant-type:device_code': 'login-expired',
  authorization_code: 'login-expired',
}

/** The cause of an error response, and its codes for the message. */
export function readRefusal(body: ErrorBody, status: number, grantType: string) {
  const oauthError = typeof body.error === 'string' && Object.hasOwn(causes, body.error) ? body.error : undefined
  const detail = [oauthError ?? `HTTP ${status}`, ...microsoftCodes(body)].join(', ')
  return { cause: causeOf(oauthError, body, status, grantType), oauthError, detail }
}

function causeOf(oauthError: string | undefined, { suberror, error_subtype: subtype }: ErrorBody, status: number, grantType: string): Cause {
  if (oauthError === undefined) return causeOfStatus(status)
  if (oauthError !== 'invalid_grant') return causes[oauthError]!
  if (interactive.has(suberror) || interactive.has(subtype)) return 'consent-required'
  return invalidGrants[grantType] ?? 'invalid-grant'
}

/** The cause of a response without a known `error`. */
export function causeOfStatus(status: number): Cause {
  if (status === 429 || status >= 500) return 'unavailable'
  if (status === 401) return 'invalid-client'
  return status >= 400 ? 'request-rejected' : 'invalid-answer'
}

/** Each number is explained at https://login.microsoftonline.com/error?code=… */
function microsoftCodes({ error_codes: codes }: ErrorBody): string[] {
  if (!Array.isArray(codes)) return []
  return codes.filter((code) => Number.isInteger(code) && code > 0 && code < 1e8).slice(0, 3).map((code) => `AADSTS${code}`)
}
