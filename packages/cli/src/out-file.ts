import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Io } from './io.ts'
import type { Options } from './options.ts'
import { UsageError } from './usage-error.ts'

/** The file of `--out`. */
export interface OutFile {
  /** The path as it was given. */
  readonly path: string
  /**
   * Writes the file as a whole: a reader sees the old content or the new one.
   *
   * @throws UsageError if it cannot be written
   */
  write(content: string): void
}

/**
 * The file of `--out`, which must not exist without `--force`.
 *
 * @param mode its permissions
 * @returns undefined without the option
 * @throws UsageError if it exists, or cannot be created
 */
export function outFile({ out: path, force }: Options, { cwd }: Io, mode: number): OutFile | undefined {
  if (path === undefined) return undefined
  const target = resolve(cwd, path)
  if (!force && existsSync(target)) throw new UsageError('file-exists')
  const draft = `${target}.${process.pid}`
  // Tried before anything else is done: a token that cannot be stored would be lost.
  withPermission(() => writeFileSync(draft, '', { flag: 'wx', mode }))
  rmSync(draft)
  return {
    path,
    write(content) {
      withPermission(() => {
        writeFileSync(draft, content, { flag: 'wx', mode })
        renameSync(draft, target)
      })
    },
  }
}

function withPermission(write: () => void): void {
  try {
    write()
  } catch (error) {
    throw new UsageError('file-unwritable', { code: (error as NodeJS.ErrnoException).code ?? '?' })
  }
}
