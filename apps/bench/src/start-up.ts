import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { atMost, rowsOf, time } from './comparison.ts'
import type { FreshOptions } from './fresh/lines.ts'
import { measure, type Subject } from './measure.ts'
import type { Row } from './table.ts'

/** Each package, the package that its import may be compared with, and how many times as long it may take. */
const pairs = [
  { own: '@postern/nodemailer', peer: 'nodemailer', goal: 1.2 },
  { own: '@postern/core', peer: 'zod', goal: 1 },
  { own: '@postern/express', peer: '@postern/core', goal: 1.1 },
] as const

/** How a program loads a package. */
const ways: Readonly<Record<string, (name: string) => readonly string[]>> = {
  import: (name) => ['--input-type=module', '--eval', `import '${name}'`],
  require: (name) => ['--input-type=commonjs', '--eval', `require('${name}')`],
}

/** Whole processes that load one package and end, in alternating rounds: each package beside its peer, and an empty process. */
export async function importing({ rounds = 25 }: FreshOptions): Promise<Row[]> {
  const rows: Row[] = []
  for (const [way, argumentsFor] of Object.entries(ways)) {
    for (const { own: name, peer: peerName, goal } of pairs) {
      const programs = [argumentsFor(name), argumentsFor(peerName), ['--eval', '']]
      const [own, peer, empty] = await measure(programs.map(processOf), rounds)
      const beside = [
        { name: peerName, own: own!, peer: peer! },
        { name: 'an empty process', own: own!, peer: empty! },
      ]
      rows.push(...rowsOf(beside, [{ what: `a process: ${way} ${name}`, of: time, goal: atMost(goal) }]))
    }
  }
  return rows
}

/** From the folder of this package, which depends on all of them. */
function processOf(argumentsOfNode: readonly string[]): Subject {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return {
    async run() {
      const { status, stderr } = spawnSync(process.execPath, argumentsOfNode, { cwd })
      if (status !== 0) throw new Error(`${argumentsOfNode.at(-1)} failed: ${stderr.toString()}`)
    },
  }
}
