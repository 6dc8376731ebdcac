import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.ts'
import { milliseconds, type Row } from './table.ts'

/** What importing core adds to the start of a process, beside importing zod alone: whole processes, one after the other. */
export async function importing(): Promise<Row> {
  const [own, zod] = await measure([importOf('@postern/core'), importOf('zod')], 25)
  const ratio = own!.median / zod!.median
  return {
    what: 'a process that imports core',
    postern: milliseconds(own!.median),
    peer: milliseconds(zod!.median),
    peerName: 'imports zod alone',
    ratio: ratio.toFixed(2),
    goal: '≤ 1.30',
    met: ratio <= 1.3,
  }
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
