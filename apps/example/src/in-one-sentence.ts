import { SettingsError } from '@postern/core'
import { ConfigError } from './config.ts'

/** What went wrong at start-up, for a terminal. What nobody foresaw keeps its stack. */
export function inOneSentence(error: unknown): string {
  if (error instanceof ConfigError || SettingsError.isInstance(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
