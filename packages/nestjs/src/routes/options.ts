import type { CanActivate, ModuleMetadata, Type } from '@nestjs/common'
import type { Clock } from '@postern/core'
import type { SettingsCheckRouteOptions } from '@postern/core/http'

/** A guard of the team's: a class that Nest makes, with what it injects, or one that is made. */
export type RouteGuard = Type<CanActivate> | CanActivate

/** The health route: 200 or 503 for everybody, with a word on why for those who may know. */
export interface HealthRouteSettings {
  /** @default 'health/smtp' */
  readonly path?: string | undefined
  /** Whom it lets pass sees the details; everybody else sees the status alone. @default nobody */
  readonly guard?: RouteGuard | undefined
  /** Where time comes from; for tests. */
  readonly clock?: Clock | undefined
}

/** The liveness route, which never touches mail. */
export interface LivenessRouteSettings {
  /** @default 'health/live' */
  readonly path?: string | undefined
}

/** The settings check: an admin form posts settings, and is told what is wrong with them. */
export interface SettingsCheckRouteSettings extends Omit<SettingsCheckRouteOptions, 'onError'> {
  /** @default 'settings/check' */
  readonly path?: string | undefined
  /** Who may have settings checked. There is no default: the check connects where it is told to. */
  readonly guard: RouteGuard
  /** Who counts as one caller, by the framework's request. @default its `ip` */
  readonly caller?: ((request: { readonly ip?: string }) => string) | undefined
}

/** The routes to have. One that is not named is not there. */
export interface PosternRoutesOptions {
  /** The mailer whose health is told. @default the mailer without a name */
  readonly name?: string | undefined
  readonly health?: HealthRouteSettings | undefined
  readonly liveness?: LivenessRouteSettings | undefined
  readonly settingsCheck?: SettingsCheckRouteSettings | undefined
  /** Modules that the guards inject from. */
  readonly imports?: ModuleMetadata['imports']
}
