import { createJsonRoute, type JsonRoute, type JsonRouteOptions } from './json-route.ts'
import { createSettingsCheck, type SettingsCheckPolicy } from './settings-check.ts'

/** Options of `createSettingsCheckRoute`: those of the check, and the limits of its requests. */
export interface SettingsCheckRouteOptions extends SettingsCheckPolicy, JsonRouteOptions {}

/**
 * The settings check as a route without a framework.
 *
 * @throws SettingsError for invalid options
 * @example
 * const route = overNodeHttp(createSettingsCheckRoute({ allow: ['relay.internal'] }))
 * const { status, headers, body } = await route({ request, response, authorized: () => isAdmin(request), caller: () => ip })
 */
export function createSettingsCheckRoute(options: SettingsCheckRouteOptions = {}): JsonRoute {
  return createJsonRoute(options, createSettingsCheck(options))
}
