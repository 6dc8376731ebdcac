import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Provider, startProvider } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand, type RunOptions } from '../../test/run-command.ts'

const user = 'ada@postern.test'
const secret = 'correct horse'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider({ users: { [user]: secret } })
})
afterEach(() => provider.close())

const dial: RunOptions['dial'] = async ({ port }) => {
  const socket = connect(provider.ports[port as 587], '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Runs `postern doctor --watch` on a clock that only these pauses move. Each calls the next function; after the last one comes Ctrl-C. */
async function watch(pauses: readonly (() => unknown)[], args: readonly string[] = [], options: RunOptions = {}) {
  const interrupt = new AbortController()
  const waits: number[] = []
  let now = Date.UTC(2026, 0, 1, 12)
  const time: RunOptions['time'] = {
    now: () => now,
    async wait(ms, signal) {
      now += ms
      await pauses[waits.length]?.()
      waits.push(ms)
      if (waits.length > pauses.length) interrupt.abort()
      signal?.throwIfAborted()
    },
  }
  const cwd = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  writeFileSync(join(cwd, 'ca.pem'), provider.ca)
  const result = await runCommand(['doctor', '127.0.0.1', '--ca', 'ca.pem', '--watch', ...args], { cwd, dial, time, signal: interrupt.signal, ...options })
  return { waits, ...result }
}

const block = () => provider.fault(587, 'refuse')
const heal = () => provider.heal(587)

describe('doctor --watch', () => {
  it('prints a line for each change, until Ctrl-C', async () => {
    const { code, stdout, stderr, waits } = await watch([() => {}, block, () => {}, heal])
    expect({ code, stderr, waits }).toEqual({ code: 130, stderr: '', waits: [60_000, 60_000, 60_000, 60_000, 60_000] })
    const [, changes] = stdout.split(/Mail can leave from here over port 587.*\n/)
    expect(changes!.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^2026-01-01T12:02:00Z +587 STARTTLS +open → refused +The server 127\.0\.0\.1:587 refused the connection\.$/),
      expect.stringMatching(/^2026-01-01T12:04:00Z +587 STARTTLS +refused → open +TLSv1\.3, /),
    ])
  })

  it('prints a change of the reason, too', async () => {
    const { stdout } = await watch([block, () => provider.fault(587, 'no-starttls')])
    expect(stdout).toMatch(/refused → unusable +The server 127\.0\.0\.1:587 does not offer STARTTLS\.$/m)
  })

  it('is ndjson', async () => {
    const { code, stdout } = await watch([block], ['--format', 'ndjson', '--interval', '10'])
    expect(code).toBe(130)
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { type: string })
    expect(lines.map(({ type }) => type)).toEqual(['port', 'port', 'port', 'port', 'result', 'change'])
    expect(lines.at(-1)).toMatchObject({ time: '2026-01-01T12:00:10.000Z', from: { status: 'open', code: null }, port: 587, status: 'refused', code: 'connect-refused' })
  })

  it('tests the login once', async () => {
    await watch([block, heal, () => {}], ['--user', user, '--login', '--from', user], { env: { SMTP_PASS: secret } })
    expect(provider.logins).toHaveLength(1)
  })

  it('examines each port once in each interval', async () => {
    await watch([() => {}, () => {}])
    expect(provider.connections).toMatchObject({ 587: 3, 2525: 3, 465: 3, 25: 3 })
  })

  it('says in a terminal when it examined last, and leaves it clean', async () => {
    const { stdout } = await watch([block], ['--interval', '30', '--lang', 'de'], { columns: 200 })
    expect(stdout).toContain('Untersucht um 2026-01-01T12:00:30Z und wieder alle 30 s.')
    expect(stdout).toMatch(/offen → abgelehnt/)
    expect(stdout.endsWith('\r\u001B[2K')).toBe(true)
  })

  it.each([
    [['--interval', '1'], '--interval is not a number of seconds from 10.'],
    [['--interval', 'often'], '--interval is not a number of seconds from 10.'],
    [['--format', 'json'], '--watch prints text or ndjson.'],
  ])('does not start with %j', async (args, message) => {
    const { code, stderr, waits } = await watch([], args)
    expect({ code, waits }).toEqual({ code: 64, waits: [] })
    expect(stderr).toContain(message)
    expect(provider.connections[587]).toBe(0)
  })
})

it('--interval needs --watch', async () => {
  const { code, stderr } = await runCommand(['doctor', '127.0.0.1', '--interval', '60'])
  expect(code).toBe(64)
  expect(stderr).toContain('Add --watch')
})
