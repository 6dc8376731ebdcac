import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export { readFileSync } from 'node:fs'

/** Every folder of the workspace: `packages/core`, `apps/example`. */
export function workspaceFolders() {
  return ['packages', 'apps'].flatMap((top) =>
    readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(top, name)),
  )
}

/** The files of this name in the workspace's folders. */
export function globSync(file) {
  return workspaceFolders()
    .map((folder) => join(folder, file))
    .filter((path) => existsSync(path))
}
