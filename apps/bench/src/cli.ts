import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startProvider } from '@postern/testing'
import { atMost, rowsOf, time } from './comparison.ts'
import type { FreshOptions } from './fresh/lines.ts'
import { measure, type Subject } from './measure.ts'
import type { Row } from './table.ts'

const program = fileURLToPath(import.meta.resolve('postern/package.json')).replace('package.json', 'dist/postern.js')

/** The start of the command beside an empty process, and its first result beside the least that it needs. */
export async function commandLine({ rounds = 25 }: FreshOptions): Promise<Row[]> {
  await using provider = await startProvider()
  const port = provider.ports[587]
  const connecting = `import '@postern/core'; import { connect } from 'node:net'; connect(${port}, '127.0.0.1', () => process.exit())`
  const [version, empty, doctor, connect] = await measure(
    [
      wholeProcess([program, '--version']),
      wholeProcess(['--eval', '0']),
      firstLine([program, 'doctor', `127.0.0.1:${port}`, '--format', 'ndjson']),
      wholeProcess(['--input-type=module', '--eval', connecting]),
    ],
    rounds,
  )
  return [
    ...rowsOf([{ name: 'node -e 0', own: version!, peer: empty! }], [{ what: 'postern --version', of: time, goal: atMost(1.5) }]),
    ...rowsOf([{ name: "import('@postern/core') and connect", own: doctor!, peer: connect! }], [{ what: 'postern doctor, to the first port', of: time, goal: atMost(1.3) }]),
  ]
}

/** From the folder of this package, which depends on all of them. */
const cwd = fileURLToPath(new URL('..', import.meta.url))

function wholeProcess(args: readonly string[]): Subject {
  return {
    async run() {
      const { status, stderr } = spawnSync(process.execPath, args, { cwd })
      if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr.toString()}`)
    },
  }
}

/** Until the process prints something. Then it is ended. */
function firstLine(args: readonly string[]): Subject {
  return {
    async run() {
      const child = spawn(process.execPath, args, { cwd })
      await once(child.stdout, 'data')
      const closed = once(child, 'close')
      child.kill('SIGKILL')
      await closed
    },
  }
}
