import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ca, trusted } from '../../test/certificates.ts'
import { type Peer, type Script, serve, upToTls } from '../../test/scripted-server.ts'

const run = promisify(execFile)
const packageRoot = fileURLToPath(new URL('../..', import.meta.url))
let directory: string

// A separate process that contains only the probe, so that its memory can be measured.
beforeAll(async () => {
  // Inside the package, so that the built code can resolve its dependencies.
  directory = await mkdtemp(join(packageRoot, 'node_modules', '.memory-'))
  await run(join(packageRoot, '../../node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', 'false', '--outDir', directory], { cwd: packageRoot })
  await writeFile(join(directory, 'hostile.mjs'), hostile)
}, 60_000)

afterAll(() => rm(directory, { recursive: true }))

/** Probes the ports in turn, many concurrently, and prints the peak growth of the process and the failure codes. */
const hostile = `
  import { probe } from './index.js'
  const { ports, ca } = JSON.parse(process.env.HOSTILE)
  const auth = { user: 'ada@example.com', pass: 'hunter2' }
  const codes = {}
  let largest = 0
  const probes = async (count, inFlight) => {
    let left = count
    const worker = async () => {
      while (left > 0) {
        left -= 1
        const port = ports[left % ports.length]
        const { failure } = await probe({ host: '127.0.0.1', port, security: 'starttls' }, { auth, tls: { ca }, deadline: 400 })
        const code = failure?.code + ' ' + failure?.stage
        codes[code] = (codes[code] ?? 0) + 1
        largest = Math.max(largest, process.memoryUsage.rss())
      }
    }
    await Promise.all(Array.from({ length: inFlight }, worker))
  }
  await probes(200, 50)
  gc()
  const before = process.memoryUsage.rss()
  largest = 0
  await probes(1000, 50)
  console.log(JSON.stringify({ grown: largest - before, codes }))
`

const greet = (peer: Peer) => peer.say('220 mail.example.com ESMTP\r\n')

const servers: readonly Script[] = [
  (peer) => peer.flood('220-hello\r\n'.repeat(6_000)),
  (peer) => peer.flood('x'.repeat(65_536)),
  async (peer) => {
    peer.say('220-')
    await peer.flood('.')
  },
  async (peer) => {
    greet(peer)
    await peer.hear()
    await peer.flood('250-X\r\n'.repeat(9_000))
  },
  async (peer) => {
    await upToTls(peer)
    await peer.secure(trusted)
    await peer.hear()
    peer.say('250-mail.example.com\r\n250 AUTH PLAIN LOGIN\r\n')
    for (;;) {
      await peer.hear()
      peer.say('334 \r\n')
    }
  },
]

it('a thousand probes of hostile servers use less than 64 MiB at peak', async () => {
  const hosts = await Promise.all(servers.map((script) => serve(script)))
  try {
    const env = { ...process.env, HOSTILE: JSON.stringify({ ports: hosts.map(({ port }) => port), ca }) }
    const { stdout } = await run(process.execPath, ['--expose-gc', join(directory, 'hostile.mjs')], { env })
    const { grown, codes } = JSON.parse(stdout) as { readonly grown: number; readonly codes: Readonly<Record<string, number>> }
    expect(Object.values(codes).reduce((sum, count) => sum + count)).toBe(1_200)
    expect(Object.keys(codes)).toEqual(
      expect.arrayContaining(['reply-too-large greeting', 'reply-too-large ehlo', 'protocol-error auth', 'deadline greeting']),
    )
    expect(grown).toBeLessThan(64 * 2 ** 20)
  } finally {
    for (const host of hosts) await host[Symbol.asyncDispose]()
  }
})
