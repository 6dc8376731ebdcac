import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { atMost, rowsOf, time } from './comparison.ts'
import { measure } from './measure.ts'
import type { Row } from './table.ts'

/** What importing core adds to the start of a process, beside importing zod alone: whole processes, one after the other. */
export async function importing(): Promise<Row[]> {
  const [own, zod] = await measure([importOf('@postern/core'), importOf('zod')], 25)
  return rowsOf([{ name: 'imports zod alone', own: own!, peer: zod! }], [{ what: 'a process that imports core', of: time, goal: atMost(1.3) }])
}

function importOf(name: string) {
  // From this folder, so that both are found as an app would find them.
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return {
    async run() {
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', `import '${name}'`], { cwd })
      if (status !== 0) throw new Error(`${name} cannot be imported: ${stderr.toString()}`)
    },
  }
}
