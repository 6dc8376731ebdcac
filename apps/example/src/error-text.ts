import { NoUsableEndpointError, SettingsError } from '@postern/core'
import { ConfigError } from './config.ts'

/** Formats a start-up error for the terminal. Unexpected errors keep their stack. */
export function errorText(error: unknown): string {
  if (error instanceof ConfigError || SettingsError.isInstance(error)) return error.message
  if (NoUsableEndpointError.isInstance(error)) return `${error.message}\n${error.advice}`
  // An error of the system, such as a file that does not exist.
  if (error instanceof Error && 'syscall' in error) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
