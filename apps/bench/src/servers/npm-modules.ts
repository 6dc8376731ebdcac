import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../host/run.ts'
import { cachedFolder } from './cache.ts'

// Not dependencies of the workspace, which would install hundreds of packages for every `npm test`.
const dependencies = { Haraka: '3.3.4', maildev: '3.0.0', 'smtp-server': '3.21.6' } as const

// Without scripts and optional dependencies, nothing is compiled or downloaded from elsewhere.
const install = 'install --ignore-scripts --omit=optional --no-audit --no-fund'.split(' ')

let installed: Promise<string> | undefined

/** Installs the npm mail servers once and returns their `node_modules` folder. */
export async function installModules(): Promise<string> {
  installed ??= cachedFolder(`npm-${hash}`, async (folder) => {
    await writeFile(join(folder, 'package.json'), manifest)
    await run('npm', install, { cwd: folder })
  })
  return join(await installed, 'node_modules')
}

const manifest = JSON.stringify({ private: true, dependencies })
const hash = createHash('sha256').update(manifest).digest('hex').slice(0, 12)
