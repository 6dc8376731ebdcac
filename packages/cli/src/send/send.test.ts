import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dial } from '@postern/core'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { runCommand, type RunOptions } from '../../test/run-command.ts'

let provider: Provider
afterEach(() => provider?.close())

const user = 'ada@postern.test'
const secret = 'correct horse/battery+staple'

function folderWith(ca: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  writeFileSync(join(folder, 'ca.pem'), ca)
  return folder
}

/** Sends a message over port 587 of a new provider. */
async function send(args: readonly string[], options: RunOptions = {}, fault?: Fault) {
  provider = await startProvider({ users: { [user]: secret }, ...(fault && { faults: { 587: fault } }) })
  const cwd = folderWith(provider.ca)
  return await runCommand(['send', `127.0.0.1:${provider.ports[587]}`, '--user', user, '--ca', 'ca.pem', ...args], { cwd, env: { SMTP_PASS: secret }, ...options })
}

describe('postern send', () => {
  it('sends a message, and prints the dialogue', async () => {
    const { code, stdout, stderr } = await send(['--to', 'you@postern.test'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(provider.messages).toMatchObject([{ from: user, to: ['you@postern.test'], subject: 'Test message of postern' }])
    expect(stdout).toMatch(/^ *\d+ <- 220 [^]*^ *\d+ -> STARTTLS$[^]*^ *\d+ -> MAIL FROM:<ada@postern\.test>[^]*^ *\d+ <- 250 /m)
    expect(stdout).toMatch(/^The server has accepted the message over port \d+ with STARTTLS\.$/m)
  })

  it('names the port, and the better one that did not work', async () => {
    const dial: Dial = async ({ port }) => {
      const socket = connect(provider.ports[port as 587], '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }
    provider = await startProvider({ users: { [user]: secret }, faults: { 587: 'refuse' } })
    const cwd = folderWith(provider.ca)
    const { code, stdout } = await runCommand(['send', '127.0.0.1', '--user', user, '--ca', 'ca.pem', '--to', user], { cwd, env: { SMTP_PASS: secret }, dial })
    expect(stdout).toContain('over port 2525 with STARTTLS, but not over port 587 with STARTTLS')
    expect(code).toBe(1)
  })

  it.each<[logins: number, what: string, user: string, args: string[]]>([
    [1, 'with the user name of a URL', `${encodeURIComponent(user)}@`, []],
    [1, 'with --user', '', ['--user', user]],
    [0, 'without a user name, also if the environment has one', '', ['--from', user]],
  ])('makes %i logins %s', async (logins, _what, named, args) => {
    provider = await startProvider({ users: { [user]: secret }, requireAuth: false })
    const cwd = folderWith(provider.ca)
    const env = { SMTP_HOST: '127.0.0.1', SMTP_USER: user, SMTP_PASS: secret }
    const { code } = await runCommand(['send', `smtp://${named}127.0.0.1:${provider.ports[587]}`, '--to', user, '--ca', 'ca.pem', ...args], { cwd, env })
    expect(code).toBe(0)
    expect(provider.logins).toHaveLength(logins)
  })

  it('prints why the server refused it', async () => {
    const { code, stdout } = await send(['--to', 'you@postern.test'], {}, 'recipient-rejected')
    expect(code).toBe(2)
    expect(stdout).toMatch(/did not accept any recipient.* Check the addresses\.$/m)
    expect(provider.messages).toEqual([])
  })

  it('is JSON', async () => {
    const { code, stdout } = await send(['--to', 'you@postern.test', '--format', 'json'], {}, 'drops-after-body')
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, ok: false, delivery: 'unknown', retryable: false })
  })

  it.each<[what: string, args: string[], env: NodeJS.ProcessEnv, message: string]>([
    ['without a recipient', [], { SMTP_PASS: secret }, '--to has no e-mail address.'],
    ['to something else', ['--to', 'ada'], { SMTP_PASS: secret }, '--to has no e-mail address.'],
    ['without a password', ['--to', user], {}, 'The login has no password'],
    ['without a sender', ['--to', user, '--user', 'ada'], { SMTP_PASS: secret }, 'The message has no sender.'],
  ])('sends nothing %s', async (_what, args, env, message) => {
    const { code, stdout, stderr } = await send(args, { env })
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(message)
    expect(provider.connections[587]).toBe(0)
  })

  it.each([
    [['--to', 'ada', '--from', user]],
    [['--to', user, '--from', 'ada']],
    [['--to', user, '--from', user, '--timeout', 'soon']],
    [['--to', user, '--user', 'ada']],
  ])('asks for no password if an option is wrong: %j', async (args) => {
    const { code, stdout, stderr } = await send(args, { env: {}, columns: 80, input: `${secret}\r` })
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).not.toContain('Password of')
  })

  it.each(['text', 'json'])('prints no secret that the server echoes, as %s', async (format) => {
    const { code, stdout, stderr } = await send(['--to', user, '--format', format], {}, 'auth-echo')
    expect(code).toBe(2)
    for (const form of [secret, Buffer.from(secret).toString('base64').slice(2, -4), Buffer.from(`\0${user}\0${secret}`).toString('base64')]) {
      expect(stdout + stderr).not.toContain(form)
    }
  })
})
