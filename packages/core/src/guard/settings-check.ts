import type { Clock } from '../clock.ts'
import type { HttpResponse } from '../http-response.ts'
import type { ProviderPort } from '../providers/provider.ts'
import { findingsOf, isUnderstood } from '../rules/check-settings.ts'
import type { Finding } from '../rules/finding.ts'
import { assertPositive } from '../settings/assert-positive.ts'
import { readSettings } from '../settings/parse.ts'
import type { Policy, TlsSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Locale } from '../text/index.ts'
import { readHostList } from './host-list.ts'
import { checkLive, type PortOutcome } from './live-check.ts'
import { concurrencyLimit } from './limits.ts'
import { ladderOf } from './ports.ts'
import { personal, problemResponse } from './problem.ts'
import { readCheckRequest } from './request.ts'
import type { Resolve } from './target.ts'

/** The operator's policy. A posted body cannot loosen it. */
export interface SettingsCheckPolicy {
  /** Host names, addresses and CIDR ranges outside the public internet that may be contacted: private relays. @default [] */
  readonly allow?: readonly string[] | undefined
  /**
   * Host names, addresses and CIDR ranges that must not be contacted; takes precedence over `allow`. For public addresses that
   * lead into the internal network, such as a public range behind the firewall or a network-specific NAT64 prefix. @default []
   */
  readonly deny?: readonly string[] | undefined
  /** The permitted ports, best first. Default: the mail ports without 25, and those of the provider. */
  readonly ports?: readonly ProviderPort[] | undefined
  /** The position of 465, and whether 25 is permitted. */
  readonly policy?: Pick<Policy, 'implicitTls' | 'allowPort25'> | undefined
  /** TLS options, for instance a private certificate authority. */
  readonly tls?: TlsSettings | undefined
  /** The maximum number of concurrent live checks; further ones are refused. @default 4 */
  readonly concurrency?: number | undefined
  /** Milliseconds for one live check. @default 20000 */
  readonly deadline?: number | undefined
  /** Looks up host names instead of the system resolver. */
  readonly resolve?: Resolve | undefined
  /** The source of time, for tests. */
  readonly clock?: Clock | undefined
}

/** The result of a check. */
export interface SettingsCheckResult {
  /** Whether the check found nothing wrong. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** Empty without a live probe. */
  readonly ports: readonly PortOutcome[]
  /** Port and security to replace those in the posted settings; null if there is no recommendation. */
  readonly recommended: ProviderPort | null
}

/** A request for the settings check, after authorisation and rate limit. */
export interface SettingsCheckRequest {
  /** The posted body, parsed from JSON. */
  readonly body: unknown
  /** @default 'en' */
  readonly locale?: Locale | undefined
  /** Aborts a live probe, for instance when the client has disconnected. */
  readonly signal?: AbortSignal | undefined
}

/** Checks posted settings. Never rejects for a network failure: its result is in the response. */
export type SettingsCheck = (request: SettingsCheckRequest) => Promise<HttpResponse>

/**
 * Checks the settings that an admin form posts, protected against server-side request forgery. Authorisation and rate limits
 * are up to the caller.
 *
 * @throws SettingsError for an invalid policy
 * @example
 * const check = createSettingsCheck({ allow: ['relay.internal', '10.1.0.0/16'] })
 * const { status, headers, body } = await check({ body: { settings: { host: 'smtp.example.com' }, probe: true } })
 */
export function createSettingsCheck(policy: SettingsCheckPolicy = {}): SettingsCheck {
  const { concurrency = 4, deadline = 20_000 } = policy
  assertPositive({ concurrency, deadline })
  const rules = { ...policy, allow: readHostList(policy.allow ?? []), deny: readHostList(policy.deny ?? [], 'deny') }
  const inPlace = concurrencyLimit(concurrency)

  return async ({ body, locale = 'en', signal }) => {
    const request = readCheckRequest(body)
    const read = request && readSettings(request.settings)
    if (!read || !isUnderstood(read)) return problemResponse('wrong-request', locale)
    // Without the login, the answer about the sender would say nothing.
    if (request.sender && read.settings?.auth && !request.login) return problemResponse('wrong-request', locale)
    // The response repeats nothing from the request.
    const findings = findingsOf(read, { locale }, '"host"')
    const { settings } = read
    const fine = findings.every(({ severity }) => severity !== 'error')
    if (!settings) return answer({ ok: false, findings, ports: [], recommended: null }, locale)
    if (!request.probe) {
      return answer({ ok: fine, findings, ports: [], recommended: ladderOf(settings.host, rules)[0] ?? null }, locale)
    }
    const live = async (): Promise<HttpResponse> => {
      const { signal: bounds, end } = withDeadline(deadline, signal)
      try {
        const { outcomes, recommended, ok } = await checkLive(settings, request, rules, bounds)
        return answer({ ok: fine && ok, findings, ports: outcomes, recommended: recommended ?? null }, locale)
      } finally {
        end()
      }
    }
    return await inPlace(live, () => problemResponse('busy', locale, { 'retry-after': '1' }))
  }
}

function answer(content: SettingsCheckResult, locale: Locale): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json', ...personal(locale) }, body: JSON.stringify(content) }
}
