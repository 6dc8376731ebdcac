import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faultNames } from './index.ts'

const run = promisify(execFile)
const packageRoot = fileURLToPath(new URL('..', import.meta.url))
let folder: string

beforeAll(async () => {
  // Inside the package, so that the built code finds its dependencies.
  folder = await mkdtemp(join(packageRoot, 'node_modules', '.process-exit-'))
  const tsc = join(packageRoot, '../../node_modules/.bin', 'tsc')
  await run(tsc, ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', 'false', '--outDir', folder], { cwd: packageRoot })
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

const faults = faultNames.filter((fault) => fault !== 'implicit-plain')

it.each([
  ['a start', 'await startProvider()'],
  ['every fault, each with an open client', `
    for (const fault of ${JSON.stringify(faults)}) {
      await provider.fault(587, fault)
      const socket = connect(provider.ports[587], provider.host).on('error', () => {})
      socket.write('EHLO client.test\\r\\n')
      socket.unref()
    }
  `],
  ['a black hole and a refusing port', `
    await provider.fault(587, 'black-hole')
    await provider.fault(465, 'refuse')
  `],
])('lets the process exit after %s', async (_what, body) => {
  const script = join(folder, 'script.mjs')
  await writeFile(script, `
    import { connect } from 'node:net'
    import { startProvider } from './index.js'
    const provider = await startProvider()
    ${body.replace('await startProvider()', '')}
    await provider.close()
    console.log('closed')
  `)

  const { stdout, stderr } = await run(process.execPath, [script], { timeout: 20_000 })

  expect({ stdout, stderr }).toEqual({ stdout: 'closed\n', stderr: '' })
}, 30_000)
