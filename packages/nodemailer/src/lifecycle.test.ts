import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { NoUsableEndpointError, type SelectorChange } from '@postern/core'
import { type ProviderSettings, startProvider } from '@postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'

describe.each(modes)('start-up and health, $mode', ({ pool }) => {
  it('finds the endpoint and tests the login before the first message', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool })
    expect(mailer.endpoint).toBeUndefined()
    expect(mailer.state()).toMatchObject({ endpoint: undefined, rungs: [{ status: 'untried' }, { status: 'untried' }, { status: 'untried' }] })
    const endpoint = { host: provider.host, port: provider.ports[587], security: 'starttls' }
    await expect(mailer.ready()).resolves.toEqual(endpoint)
    expect(mailer.endpoint).toEqual(endpoint)
    expect(provider.logins).toMatchObject([{ port: 587, ok: true, secure: true }])
    expect(provider.messages).toEqual([])
    expect(mailer.state()).toMatchObject({ endpoint, lastSuccess: { by: 'probe' } })
    await mailer.sendMail(letter)
    expect(mailer.state()).toMatchObject({ endpoint, lastSuccess: { by: 'traffic' } })
    expect(provider.connections).toMatchObject({ 587: 2, 2525: 0, 465: 0 })
  })

  it('is not ready if no port works, with the reason', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse', 2525: 'refuse', 465: 'refuse' } })
    const mailer = mailerFor(provider.settings, { pool })
    const error: unknown = await mailer.ready().catch((error: unknown) => error)
    expect(NoUsableEndpointError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ diagnosis: { code: 'nothing-listens' }, attempts: { length: 3 } })
    // It recovers as well.
    await provider.heal(587)
    await mailer.sendMail(letter)
    expect(provider.messages).toMatchObject([{ port: 587 }])
  })

  it('is not ready if the sender is refused, but keeps the endpoint', async () => {
    await using provider = await startProvider({ faults: { 587: 'sender-rejected' } })
    const mailer = mailerFor(provider.settings, { pool })
    await mailer.ready()
    await expect(mailer.ready({ checkSender: 'app@example.com' })).rejects.toMatchObject({ diagnosis: { code: 'sender-rejected' } })
    expect(mailer.state()).toMatchObject({ endpoint: { port: provider.ports[587] }, rungs: [{ status: 'up' }, {}, {}] })
    await provider.heal(587)
    await mailer.ready({ checkSender: { from: 'app@example.com', to: 'ada@example.com' } })
    expect(provider.messages).toEqual([])
  })

  it('stops ready() when it is closed by force', async () => {
    await using provider = await startProvider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } })
    const mailer = mailerFor(provider.settings, { pool })
    const ready = mailer.ready()
    await once(mailer, 'connecting')
    mailer.close({ force: true })
    await expect(ready).rejects.toMatchObject({ diagnosis: { code: 'aborted' } })
  })

  it('examines no longer than its deadline', async () => {
    await using provider = await startProvider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } })
    const mailer = mailerFor(provider.settings, { pool })
    await expect(mailer.examine({ deadline: 150 })).rejects.toMatchObject({ diagnosis: { code: 'deadline' } })
  })

  it('can abort ready()', async () => {
    await using provider = await startProvider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } })
    const mailer = mailerFor(provider.settings, { pool })
    const signal = AbortSignal.timeout(150)
    await expect(mailer.ready({ signal })).rejects.toMatchObject({ code: 'no-usable-endpoint', diagnosis: { code: 'aborted' } })
  })

  it('checks the network with each `examine`, and rarely for `health`', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool })
    await expect(mailer.health()).resolves.toMatchObject({ status: 'pass', endpoint: { port: provider.ports[587] } })
    const before = provider.connections[587]
    await Promise.all([mailer.health(), mailer.health()])
    expect(provider.connections[587]).toBe(before)
    await mailer.examine()
    expect(provider.connections[587]).toBe(before + 1)
    expect(provider.logins).toHaveLength(1)
  })

  it('uses a recent message as evidence of health', async () => {
    await using provider = await startProvider()
    const mailer = mailerFor(provider.settings, { pool })
    await mailer.sendMail(letter)
    const before = provider.connections[587]
    await expect(mailer.health()).resolves.toMatchObject({ status: 'pass', lastSuccess: { by: 'traffic' } })
    expect(provider.connections[587]).toBe(before)
  })

  it('warns on a lower port, and fails with the reason', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const mailer = mailerFor(provider.settings, { pool })
    await expect(mailer.health()).resolves.toMatchObject({ status: 'warn', endpoint: { port: provider.ports[2525] } })
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'auth-rejected')
    const another = mailerFor(provider.settings, { pool })
    await expect(another.health()).resolves.toMatchObject({ status: 'fail', message: expect.stringContaining('did not accept this user name') as string })
  })

  it('emits every change with the attempts that led to it', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const mailer = mailerFor(provider.settings, { pool })
    const heard: [string, SelectorChange][] = []
    mailer.on('selected', (change) => heard.push(['selected', change]))
    mailer.on('fallback', (change) => heard.push(['fallback', change]))
    mailer.on('recovered', (change) => heard.push(['recovered', change]))
    const first = once(mailer, 'fallback')
    await mailer.sendMail(letter)
    await first
    expect(heard.map(([name]) => name)).toEqual(['selected', 'fallback'])
    expect(heard[1]![1]).toMatchObject({ endpoint: { port: provider.ports[2525] }, attempts: [{ outcome: 'failed', failure: { code: 'connect-refused' } }, { outcome: 'used' }] })

    await provider.fault(2525, 'refuse')
    await mailer.sendMail(letter)
    expect(heard.at(-1)).toMatchObject(['fallback', { endpoint: { port: provider.ports[465] }, previous: { port: provider.ports[2525] } }])

    await provider.fault(465, 'refuse')
    const exhausted = once(mailer, 'exhausted')
    await failureOf(mailer.sendMail(letter))
    expect(await exhausted).toMatchObject([{ code: 'no-usable-endpoint', attempts: { length: 3 } }])
  })
})

describe('a process that does not call close()', () => {
  const fromSource = fileURLToPath(new URL('../test/from-source.mjs', import.meta.url))

  /** Runs a process until it ends by itself. */
  async function run(settings: ProviderSettings, first: number) {
    const child = spawn(process.execPath, [fromSource, 'fallen-command.ts', JSON.stringify(settings), String(first)])
    onTestFinished(() => void child.kill())
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [status] = (await once(child, 'close')) as [number | null]
    return { status, said }
  }

  it('ends while a check of the better ports is scheduled', async () => {
    await using provider = await startProvider({ faults: { 587: 'refuse' } })
    const said = `sent over ${provider.ports[2525]}, a check is due\n`
    expect(await run(provider.settings, 3_600_000)).toEqual({ status: 0, said })
  })

  it.each(['silent', 'black-hole'] as const)('ends while a check is in progress (%s)', async (fault) => {
    await using provider = await startProvider({ faults: { 587: fault } })
    const said = `sent over ${provider.ports[2525]}, a check is under way\n`
    expect(await run(provider.settings, 1)).toEqual({ status: 0, said })
  })
})
