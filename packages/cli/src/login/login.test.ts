import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { googleRefreshToken, microsoftRefreshToken } from '@postern/oauth2'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { app, AuthorizationServer, publicApp, tenant } from '../../../oauth2/test/authorization-server.ts'
import { runCommand, type RunOptions } from '../../test/run-command.ts'

let server: AuthorizationServer
beforeAll(async () => {
  server = await AuthorizationServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())
afterEach(() => {
  server.outage = undefined
})

const newFolder = () => mkdtempSync(join(tmpdir(), 'postern-cli-'))

/** Requests for Microsoft and Google go to the test server. */
const fetchFromServer: RunOptions['fetch'] = (url, init) =>
  fetch(url.replace('https://login.microsoftonline.com', server.url).replace('https://oauth2.googleapis.com/token', server.tokenEndpoint), init)

/** Runs `postern login`. In each pause the person does something with what the terminal shows. */
async function login(args: readonly string[], { act = () => {}, cwd = newFolder(), ...options }: RunOptions & { readonly act?: (shown: string, pause: number) => unknown } = {}) {
  let shown = ''
  let pauses = 0
  const time: RunOptions['time'] = {
    now: Date.now,
    async wait(_, signal) {
      pauses += 1
      await act(shown, pauses)
      signal?.throwIfAborted()
    },
  }
  const result = await runCommand(['login', ...args], { cwd, fetch: fetchFromServer, time, onWrite: (text) => (shown += text), ...options })
  return { cwd, pauses, ...result }
}

const microsoft = ['microsoft', '--client-id', publicApp.clientId, '--tenant', tenant]
const codeIn = (shown: string) => /\b[A-Z]{4}-[A-Z]{4}\b/.exec(shown)![0]
const enterCode = (shown: string, pause: number) => (pause === 2 ? server.enter(codeIn(shown)) : undefined)

/** The person opens the page, once, and is redirected to the command. */
const openPage = async (shown: string, pause: number) => {
  if (pause > 1) return
  await fetch(await server.visit(/https:\/\/accounts\.google\.com\S+/.exec(shown)![0]))
  // The command has ended before.
  await new Promise(() => {})
}

describe('postern login microsoft', () => {
  it('shows page and code, and stores the token for its owner alone', async () => {
    const { code, stdout, stderr, cwd, pauses } = await login([...microsoft, '--out', 'refresh-token'], { act: enterCode })
    expect(stderr).toMatch(/^Open this page in a browser on any device, and enter the code [A-Z]{4}-[A-Z]{4} within 2 minutes:\n {2}http:\/\/127\.0\.0\.1:\d+\/device\n$/)
    expect({ code, pauses }).toEqual({ code: 0, pauses: 2 })
    const file = join(cwd, 'refresh-token')
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    const refreshToken = readFileSync(file, 'utf8')
    expect(stdout + stderr).not.toContain(refreshToken)
    expect(stdout).toContain("    refreshToken: readFileSync('refresh-token', 'utf8'),\n    onRefreshToken: (token) => writeFileSync('refresh-token', token, { mode: 0o600 }),\n")
    expect(stdout).toContain(`  ENTRA_TENANT=${tenant}\n  ENTRA_CLIENT_ID=${publicApp.clientId}\n`)
    expect(stdout).toMatch(/\nThe login has succeeded\. The token is in refresh-token, which only you can read\.\n$/)
    const source = microsoftRefreshToken({ ...publicApp, tenant, authority: server.url, refreshToken })
    expect(await server.isValid(await source())).toBe(true)
  })

  it('prints the token with --show, in a pipe with a warning', async () => {
    const terminal = await login([...microsoft, '--show'], { act: enterCode, columns: 80 })
    expect(terminal.stdout).toMatch(/^ {2}ENTRA_REFRESH_TOKEN=\S{20,}$/m)
    expect(terminal.stdout).toContain('    refreshToken: process.env.ENTRA_REFRESH_TOKEN,\n')
    expect(terminal.stderr).not.toContain('Warning')
    const pipe = await login([...microsoft, '--show'], { act: enterCode })
    expect(pipe.stdout).toMatch(/^ {2}ENTRA_REFRESH_TOKEN=\S{20,}$/m)
    expect(pipe.stderr).toContain('Warning: the output contains the refresh token.')
  })

  it.each(['de', 'fr'])('has the language "%s"', async (lang) => {
    const { stdout, stderr } = await login([...microsoft, '--show', '--lang', lang], { act: enterCode })
    expect(stderr).toMatch(lang === 'de' ? /^Diese Seite/ : /^Ouvrez cette page/)
    expect(stdout).toContain(lang === 'de' ? 'Die Anmeldung war erfolgreich.' : 'La connexion a réussi.')
  })

  it('reads the client from the file .env', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, '.env'), `ENTRA_CLIENT_ID=${publicApp.clientId}\nENTRA_TENANT=${tenant}\n`)
    expect(await login(['microsoft', '--out', 'token'], { cwd, act: enterCode })).toMatchObject({ code: 0 })
  })

  it('ends with 2 if the person refuses, and stores nothing', async () => {
    const { code, stdout, cwd } = await login([...microsoft, '--out', 'token'], { act: (shown, pause) => (pause === 2 ? server.enter(codeIn(shown), 'refuse') : undefined) })
    expect(code).toBe(2)
    expect(stdout).toMatch(/^The login at login\.microsoftonline\.com was refused \(access_denied\)\. Sign in with/)
    expect(() => statSync(join(cwd, 'token'))).toThrow('ENOENT')
  })

  it('explains what the server says about the client', async () => {
    const { code, stdout, stderr } = await login(['microsoft', '--client-id', 'nobody', '--tenant', tenant, '--show'])
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(stdout).toContain('did not accept the client id and secret (invalid_client)')
  })

  it('ends with 130 after Ctrl-C, and the terminal is clean', async () => {
    const interrupt = new AbortController()
    const { code, stdout, stderr } = await login([...microsoft, '--show'], { columns: 80, signal: interrupt.signal, act: (_, pause) => pause === 2 && interrupt.abort() })
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr.endsWith('\r\u001B[2K')).toBe(true)
  })
})

describe('postern login google', () => {
  const env = { GOOGLE_CLIENT_ID: app.clientId, GOOGLE_CLIENT_SECRET: app.clientSecret }

  it('says why it needs a browser on this machine, and stores the token', async () => {
    const { code, stdout, stderr, cwd } = await login(['google', '--out', 'token'], { env, act: openPage })
    expect(stderr).toMatch(/^Google does not allow logins for mail with a code\..* ssh -L (\d+):127\.0\.0\.1:\1 <this machine>\n {2}https:\/\/accounts\.google\.com\/o\/oauth2\/v2\/auth\?\S+scope=https%3A%2F%2Fmail\.google\.com%2F\S+\n$/)
    expect(code).toBe(0)
    expect(stdout).toContain("createTransport({ host: 'smtp.gmail.com', auth: { user: process.env.SMTP_USER, accessToken } })")
    expect(stdout).toContain('  GOOGLE_CLIENT_SECRET=\n')
    expect(stdout + stderr).not.toContain(app.clientSecret)
    const source = googleRefreshToken({ ...app, tokenEndpoint: server.tokenEndpoint, refreshToken: readFileSync(join(cwd, 'token'), 'utf8') })
    expect(await server.isValid(await source())).toBe(true)
  })

  it('reads the secret from a file', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'secret'), `${app.clientSecret}\n`)
    expect(await login(['google', '--client-id', app.clientId, '--client-secret-file', 'secret', '--show'], { cwd, act: openPage })).toMatchObject({ code: 0 })
  })
})

describe('a login is not started', () => {
  it.each<[what: string, args: string[], env: NodeJS.ProcessEnv, message: string]>([
    ['without a provider', [], {}, 'Write one of: microsoft, google.'],
    ['for another provider', ['constructor'], {}, 'Write one of: microsoft, google.'],
    ['without a client', ['microsoft', '--show'], {}, 'add --client-id <id> or set ENTRA_CLIENT_ID'],
    ['without the secret of Google', ['google', '--client-id', 'a', '--show'], {}, 'add --client-secret-file <file> or set GOOGLE_CLIENT_SECRET'],
    ['if the token would be lost', microsoft, {}, 'The token would be lost.'],
    ['with a file that cannot be written', [...microsoft, '--out', 'none/token'], {}, 'cannot be written (ENOENT)'],
    ['with a tenant that is none', ['microsoft', '--client-id', 'a', '--tenant', 'a/b', '--show'], {}, 'tenant should be the id or a domain of the tenant.'],
  ])('%s', async (_what, args, env, message) => {
    const { code, stdout, stderr, pauses } = await login(args, { env })
    expect({ code, stdout, pauses }).toEqual({ code: 64, stdout: '', pauses: 0 })
    expect(stderr).toContain(message)
  })
})
