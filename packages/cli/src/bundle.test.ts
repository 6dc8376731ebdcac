import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { startChainServer } from '../test/chain-server.ts'

const program = fileURLToPath(new URL('../dist/postern.js', import.meta.url))
const hasScript = String(spawnSync('script', ['--version']).stdout).includes('util-linux')

let provider: Provider
afterEach(() => provider?.close())

/** The arguments for the port 587 of a new provider. */
async function doctorArgs(fault?: Fault): Promise<string[]> {
  provider = await startProvider(fault && { faults: { 587: fault } })
  const ca = join(mkdtempSync(join(tmpdir(), 'postern-cli-')), 'ca.pem')
  writeFileSync(ca, provider.ca)
  return ['doctor', `127.0.0.1:${provider.ports[587]}`, '--ca', ca]
}

/** Runs a program, and types into it once it has printed `after`. */
async function runProgram(command: string, args: readonly string[], { type, after }: { readonly type?: string; readonly after?: RegExp } = {}) {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...env } = process.env
  const child = spawn(command, args, { env: { ...env, LANG: 'C.UTF-8', LC_ALL: '', TERM: 'xterm' } })
  let output = ''
  let isTyped = false
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (!after?.test(output) || isTyped) return
    isTyped = true
    child.stdin.write(type)
  })
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

const inTerminal = (args: readonly string[], columns: number) =>
  ['script', ['-qec', `stty cols ${columns}; exec node ${[program, ...args].map((arg) => `'${arg}'`).join(' ')}`, '/dev/null']] as const

/** What a file of the bundle imports before it runs, with the imports of these files. */
function importsOf(file: URL): string[] {
  const names = [...readFileSync(file, 'utf8').matchAll(/^import .*"(.+)";$/gm)].map(([, name]) => name!)
  return names.flatMap((name) => (name.startsWith('./') ? importsOf(new URL(name, file)) : [name]))
}

it('the bundle starts without core, which takes longer to load than Node itself', () => {
  const imports = importsOf(new URL('../dist/postern.js', import.meta.url))
  expect(imports).toContain('node:util')
  expect(imports.filter((name) => !name.startsWith('node:'))).toEqual([])
})

describe('the bundle, in a pipe', () => {
  it('prints plain lines', async () => {
    const { code, output } = await runProgram('node', [program, ...(await doctorArgs())])
    expect(output).toMatch(new RegExp(`^ *${provider.ports[587]} STARTTLS +open +TLSv1.3, certificate`, 'm'))
    expect(output).toBe(stripVTControlCharacters(output).replaceAll('\r', ''))
    expect(code).toBe(0)
  })

  it('ends quietly if the reader closes the pipe', async () => {
    const { output } = await runProgram('sh', ['-c', `node '${program}' ports | true`])
    expect(output).toBe('')
  })

  it.each([[['--version']], [['ports', '--format', 'json']]])('ends with 0: %j', async (args) => {
    expect(await runProgram('node', [program, ...args])).toMatchObject({ code: 0 })
  })
})

describe.runIf(existsSync('/dev/full'))('the bundle, with an output that cannot be written', () => {
  it.each(['ports', 'ports --format json'])('ends with 70: %s', async (args) => {
    const { code, output } = await runProgram('sh', ['-c', `exec node '${program}' ${args} >/dev/full`])
    expect(output).toMatch(/^postern: ENOSPC/)
    expect(code).toBe(70)
  })
})

describe.runIf(hasScript)('the bundle, in a terminal', () => {
  it.each([40, 100])('fits into %i columns, in colours', async (columns) => {
    const { output } = await runProgram(...inTerminal([...(await doctorArgs()), '--spotlight'], columns))
    expect(output).toContain('\u001B[31mrefused\u001B[39m')
    const lines = output.split(/\r?\n/).map((line) => line.split('\r').at(-1)!).map(stripVTControlCharacters)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })

  it('ends at Ctrl-C with 130, and leaves a clean line', async () => {
    const { code, output } = await runProgram(...inTerminal(await doctorArgs('silent'), 80), { type: '\u0003', after: /Waiting for \d+ …/ })
    expect(code).toBe(130)
    expect(output.endsWith('\r\u001B[2K')).toBe(true)
  })

  it('ends a watch at Ctrl-C with 130', async () => {
    const { code, output } = await runProgram(...inTerminal([...(await doctorArgs()), '--watch'], 80), { type: '\u0003', after: /Examined at .*Ctrl-C ends\./ })
    expect(code).toBe(130)
    expect(output.endsWith('\r\u001B[2K')).toBe(true)
  })

  it('asks which certificate to trust', async () => {
    const { url } = await startChainServer()
    const { code, output } = await runProgram(...inTerminal(['trust', url], 100), { type: '2', after: /\[1\] $/ })
    expect(output).toMatch(/\[1\] server\r?\n/)
    expect(stripVTControlCharacters(output)).toMatch(/^server: localhost\s+issued by .*\s+(sha256:[0-9a-f]{64})$[^]*^ +SMTP_TLS_FINGERPRINTS=\1\r?$/m)
    expect(code).toBe(1)
  })

  it('asks for a password without showing it', async () => {
    const args = [...(await doctorArgs()), '--login', '--user', provider.auth.user]
    const { output } = await runProgram(...inTerminal(args, 100), { type: `${provider.auth.pass}\r`, after: /Password of .*: $/ })
    expect(output).toMatch(/login +.*accepted/)
    expect(output).not.toContain(provider.auth.pass)
  })
})

describe('the single file, alone in a folder', () => {
  /** No module can be found from here. */
  const copy = join(mkdtempSync(join(tmpdir(), 'postern-cli-')), 'postern.mjs')
  copyFileSync(fileURLToPath(new URL('../dist/postern.mjs', import.meta.url)), copy)

  it('examines a server', async () => {
    const { code, output } = await runProgram('node', [copy, ...(await doctorArgs())])
    expect(output).toContain('TLSv1.3, certificate')
    expect(code).toBe(0)
  })

  it('sends a message', async () => {
    const [, target, ...trust] = await doctorArgs()
    const login = join(mkdtempSync(join(tmpdir(), 'postern-cli-')), 'password')
    writeFileSync(login, provider.auth.pass)
    const { user } = provider.auth
    const { code, output } = await runProgram('node', [copy, 'send', target!, ...trust, '--user', user, '--pass-file', login, '--from', user, '--to', user])
    expect(output).toContain('250')
    expect(code).toBe(0)
    expect(provider.messages).toHaveLength(1)
  })

  it.each(['--version', '--help', 'ports', 'explain connect-timeout', 'check smtp.gmail.com'])('runs %s', async (args) => {
    expect(await runProgram('node', [copy, ...args.split(' ')])).toEqual(await runProgram('node', [program, ...args.split(' ')]))
  })
})
