import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { type Fault, startProvider } from '@postern/testing'
import { createGenerator } from 'ts-json-schema-generator'
import { describe, expect, it } from 'vitest'
import { startChainServer } from '../test/chain-server.ts'
import { runCommand, type RunResult } from '../test/run-command.ts'

/** The type that a schema is made from. */
const schemas = {
  'doctor-1': 'JsonReport',
  'doctor-line-1': 'JsonLine',
  'check-1': 'CheckOutput',
  'send-1': 'SendOutput',
  'ports-1': 'PortsReport',
  'explain-1': 'Explanation',
  'trust-1': 'TrustOutput',
} as const

const root = fileURLToPath(new URL('..', import.meta.url))
const files = `${root}src/{json-output,doctor/json-report,explain/find-code}.ts`

it('each schema is the one of its type: if not, run vitest with -u', async () => {
  const generator = createGenerator({ path: files, tsconfig: `${root}tsconfig.build.json`, skipTypeCheck: true, additionalProperties: true })
  for (const [name, type] of Object.entries(schemas)) {
    const { $schema, ...schema } = generator.createSchema(type)
    await expect(`${JSON.stringify({ $schema, $id: `postern/schema/${name}.json`, ...schema }, undefined, 2)}\n`).toMatchFileSnapshot(`../schema/${name}.json`)
  }
})

describe('the schema', () => {
  it.each([{}, { 587: 'black-hole' }, { 587: 'refuse', 2525: 'certificate-expired', 465: 'silent' }, { 587: 'auth-rejected' }] as const)('describes the reports of doctor with the faults %j', async (faults) => {
    const command = ['doctor', 'localhost', '--user', 'ada@postern.test', '--login', '--timeout', '1']
    const { stdout } = await runFor(faults, [...command, '--format', 'json'])
    expect(errorsOf('doctor-1', JSON.parse(stdout))).toEqual([])
    const { stdout: lines } = await runFor(faults, [...command, '--format', 'ndjson'])
    for (const line of lines.trim().split('\n')) expect(errorsOf('doctor-line-1', JSON.parse(line))).toEqual([])
  })

  it.each(['doctor', 'check', 'send', 'trust'] as const)('describes what %s prints for invalid settings', async (command) => {
    const { stdout } = await runCommand([command, ...(command === 'send' ? ['--to', 'ada@postern.test'] : []), '--format', 'json'], { env: { SMTP_HOST: 'smtp.example.com', SMTP_PORT: 'x' } })
    expect(JSON.parse(stdout)).toHaveProperty('issues')
    expect(errorsOf(`${command}-1`, JSON.parse(stdout))).toEqual([])
  })

  it('describes the changes that doctor --watch prints', async () => {
    const interrupt = new AbortController()
    let pauses = 0
    await using provider = await startProvider()
    const time = {
      now: Date.now,
      async wait() {
        pauses += 1
        if (pauses > 1) interrupt.abort(new Error('Ctrl-C'))
        interrupt.signal.throwIfAborted()
        await provider.fault(587, 'refuse')
      },
    }
    const { stdout } = await runCommand(['doctor', `127.0.0.1:${provider.ports[587]}`, '--watch', '--format', 'ndjson'], { time, signal: interrupt.signal })
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as { type: string })
    expect(lines.at(-1)!.type).toBe('change')
    for (const line of lines) expect(errorsOf('doctor-line-1', line)).toEqual([])
  })

  it.each(['', '--certificate server'])('describes what trust %s prints', async (args) => {
    const { url } = await startChainServer()
    const { stdout } = await runCommand(['trust', url, '--format', 'json', ...args.split(' ').filter(Boolean)])
    expect(errorsOf('trust-1', JSON.parse(stdout))).toEqual([])
  })

  it('describes what trust prints without a certificate', async () => {
    const { stdout } = await runFor({ 587: 'no-starttls', 2525: 'refuse', 465: 'refuse' }, ['trust', 'localhost', '--format', 'json'])
    expect(errorsOf('trust-1', JSON.parse(stdout))).toEqual([])
  })

  it.each(['--user ada@postern.test --from ada@postern.test', '--user eve@postern.test --from ada@postern.test'])('describes what send %s prints', async (login) => {
    const { stdout } = await runFor({}, ['send', 'localhost', '--to', 'ada@postern.test', ...login.split(' '), '--format', 'json'])
    expect(errorsOf('send-1', JSON.parse(stdout))).toEqual([])
  })

  it.each([
    ['check-1', ['check', 'smtp.gmail.com']],
    ['ports-1', ['ports']],
    ['explain-1', ['explain', 'connect-timeout']],
    ['explain-1', ['explain', '535 5.7.139 Authentication unsuccessful']],
  ] as const)('%s describes what %j prints', async (name, command) => {
    const { stdout } = await runCommand([...command, '--format', 'json'])
    expect(errorsOf(name, JSON.parse(stdout))).toEqual([])
  })

  it('does not describe something else', () => {
    for (const name of Object.keys(schemas) as (keyof typeof schemas)[]) expect(errorsOf(name, { version: 2 })).not.toEqual([])
  })
})

async function runFor(faults: Readonly<Partial<Record<587 | 2525 | 465 | 25, Fault>>>, command: readonly string[]): Promise<RunResult> {
  await using provider = await startProvider({ users: { 'ada@postern.test': 'a password' }, faults })
  return await runCommand(command, {
    env: { SMTP_PASS: 'a password' },
    dial: async ({ port }) => {
      const socket = connect(provider.ports[port as 587], '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
  })
}

function errorsOf(name: keyof typeof schemas, value: unknown): readonly unknown[] {
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  const validate = ajv.compile(JSON.parse(readFileSync(`${root}schema/${name}.json`, 'utf8')))
  return validate(value) ? [] : validate.errors!
}
