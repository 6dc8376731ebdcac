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
import { placesFor } from './limits.ts'
import { ladderOf } from './ports.ts'
import { personal, problemResponse } from './problem.ts'
import { readCheckRequest } from './request.ts'
import type { Resolve } from './target.ts'

/** What the operator decides. Nothing a body says can loosen it. */
export interface SettingsCheckPolicy {
  /** Names, addresses and CIDR ranges beyond the public internet that may be connected to: private relays. @default [] */
  readonly allow?: readonly string[] | undefined
  /**
   * Names, addresses and CIDR ranges that may not, and outweigh `allow`: what a network reaches inside by public addresses,
   * such as a public range of its own behind the firewall, or a NAT64 prefix that is not the well-known one. @default []
   */
  readonly deny?: readonly string[] | undefined
  /** The ports that may be tried, best first. Default: the mail ports without 25, and those the provider has. */
  readonly ports?: readonly ProviderPort[] | undefined
  /** The place of 465, and whether 25 may be tried. */
  readonly policy?: Pick<Policy, 'implicitTls' | 'allowPort25'> | undefined
  /** How TLS is spoken, for a private authority say. */
  readonly tls?: TlsSettings | undefined
  /** How many live checks may be under way; more are turned away. @default 4 */
  readonly concurrency?: number | undefined
  /** Milliseconds one live check may take. @default 20000 */
  readonly deadline?: number | undefined
  /** Looks names up in place of the system's resolver. */
  readonly resolve?: Resolve | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** What a check says. */
export interface SettingsCheckResult {
  /** Whether nothing is wrong, as far as was looked. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** Empty without a live probe. */
  readonly ports: readonly PortOutcome[]
  /** To be put over the settings that were sent; null when nothing can be recommended. */
  readonly recommended: ProviderPort | null
}

export interface SettingsCheckRequest {
  /** The posted body, as JSON was read. */
  readonly body: unknown
  /** @default 'en' */
  readonly locale?: Locale | undefined
  /** Calls a live probe off: whoever asked has gone. */
  readonly signal?: AbortSignal | undefined
}

export type SettingsCheck = (request: SettingsCheckRequest) => Promise<HttpResponse>

/**
 * Checks the settings that an admin form posts, behind a guard against being sent to places of the caller's choosing.
 * Whoever may ask is for the caller to decide, and how often.
 *
 * @throws SettingsError for a policy that cannot be read
 * @example
 * const check = createSettingsCheck({ allow: ['relay.internal', '10.1.0.0/16'] })
 * const { status, headers, body } = await check({ body: { settings: { host: 'smtp.example.com' }, probe: true } })
 */
export function createSettingsCheck(policy: SettingsCheckPolicy = {}): SettingsCheck {
  const { concurrency = 4, deadline = 20_000 } = policy
  assertPositive({ concurrency, deadline })
  const rules = { ...policy, allow: readHostList(policy.allow ?? []), deny: readHostList(policy.deny ?? [], 'deny') }
  const inPlace = placesFor(concurrency)

  return async ({ body, locale = 'en', signal }) => {
    const request = readCheckRequest(body)
    const read = request && readSettings(request.settings)
    if (!read || !isUnderstood(read)) return problemResponse('wrong-request', locale)
    // What was sent is not repeated.
    const findings = findingsOf(read, locale, '"host"')
    const { settings } = read
    const fine = findings.every(({ severity }) => severity !== 'error')
    if (!settings) return answer({ ok: false, findings, ports: [], recommended: null }, locale)
    if (!request.probe) {
      return answer({ ok: fine, findings, ports: [], recommended: ladderOf(settings.host, rules)[0] ?? null }, locale)
    }
    const live = async (): Promise<HttpResponse> => {
      const { signal: bounds, end } = withDeadline(deadline, signal)
      try {
        const { outcomes, recommended, ok } = await checkLive(settings, request.login, rules, bounds)
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
