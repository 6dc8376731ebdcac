import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** The options that name a file to read. */
type FileOption = 'ca' | 'pass-file' | 'client-secret-file'

/**
 * Reads the file of an option.
 *
 * @returns undefined without the option
 * @throws UsageError if it cannot be read
 */
export function readOptionFile(name: FileOption, options: Options, { cwd }: Io): string | undefined {
  const path = options[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (error) {
    throw new UsageError('file-unreadable', { option: `--${name}`, code: (error as NodeJS.ErrnoException).code ?? '?' })
  }
}

/**
 * The first line of the file of an option.
 *
 * @returns undefined without the option
 * @throws UsageError if it cannot be read, or is empty
 */
export function firstLineOf(name: FileOption, options: Options, io: Io): string | undefined {
  const content = readOptionFile(name, options, io)
  if (content === undefined) return undefined
  const [line] = content.split(/\r?\n/)
  if (!line) throw new UsageError('file-empty', { option: `--${name}` })
  return line
}
