import { NoUsableEndpointError, SettingsError } from '@postern/core'
import { ConfigError } from './config.ts'

/** Formats a start-up error for the terminal. Unexpected errors keep their stack. */
export function errorText(error: unknown): string {
  if (error instanceof ConfigError || SettingsError.isInstance(error)) return error.message
  if (NoUsableEndpointError.isInstance(error)) return `${error.message}\n${error.advice}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
