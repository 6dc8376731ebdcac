import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common'
import type { Clock } from '@postern/core'
import type { SettingsCheckRouteOptions } from '@postern/core/http'

/** A guard of the app: a class that Nest instantiates, or an instance. */
export type RouteGuard = Type<CanActivate> | CanActivate

/** The health route: answers 200 or 503, with details for authorized callers. */
export interface HealthRouteSettings {
  /** @default 'health/smtp' */
  readonly path?: string | undefined
  /** Decides whether a caller sees the details; others see only the status. @default nobody */
  readonly guard?: RouteGuard | undefined
  /** The clock; for tests. */
  readonly clock?: Clock | undefined
}

/** The liveness route, which never checks mail. */
export interface LivenessRouteSettings {
  /** @default 'health/live' */
  readonly path?: string | undefined
}

/** The route that checks settings posted by an admin form. */
export interface SettingsCheckRouteSettings extends Omit<SettingsCheckRouteOptions, 'onError'> {
  /** @default 'settings/check' */
  readonly path?: string | undefined
  /** Decides whether a caller may use the check. Required, because the check connects to hosts that callers name. */
  readonly guard: RouteGuard
  /** Identifies a caller for the rate limit, from the framework's request. @default its `ip` */
  readonly caller?: ((request: { readonly ip?: string }) => string) | undefined
}

/** Only the routes set here exist. */
export interface PosternRoutesOptions {
  /** The mailer of the health route. @default the mailer without a name */
  readonly name?: string | undefined
  readonly health?: HealthRouteSettings | undefined
  readonly liveness?: LivenessRouteSettings | undefined
  readonly settingsCheck?: SettingsCheckRouteSettings | undefined
  /** Modules that the guards inject from. */
  readonly imports?: ModuleMetadata['imports']
}
