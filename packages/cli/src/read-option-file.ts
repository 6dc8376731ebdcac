import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/**
 * Reads the file of an option.
 *
 * @returns undefined without the option
 * @throws UsageError if it cannot be read
 */
export function readOptionFile(name: 'ca' | 'pass-file', options: Options, { cwd }: Io): string | undefined {
  const path = options[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (error) {
    throw new UsageError('file-unreadable', { option: `--${name}`, code: (error as NodeJS.ErrnoException).code ?? '?' })
  }
}
