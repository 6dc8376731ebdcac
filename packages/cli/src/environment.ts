import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Io } from './io.ts'

/** The variables of the process, and those that only the file `.env` of the working directory has. */
export function readEnvironment({ env, cwd }: Pick<Io, 'env' | 'cwd'>): NodeJS.ProcessEnv {
  return { ...readEnvFile(join(cwd, '.env')), ...env }
}

function readEnvFile(path: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch {
    // Most folders have none.
    return {}
  }
}
