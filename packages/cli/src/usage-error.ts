import type { CliTexts } from './text/index.ts'

export type UsageCode = keyof CliTexts['usage']

/** An error in the command line. Its values are shown: they must not contain an argument, which may be a URL with a password. */
export class UsageError extends Error {
  readonly code: UsageCode
  readonly values: Readonly<Record<string, string>>

  constructor(code: UsageCode, values: Readonly<Record<string, string>> = {}) {
    super(code)
    this.code = code
    this.values = values
  }
}
