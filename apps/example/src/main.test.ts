import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { probe } from '@postern/core'
import { startProvider } from '@postern/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { app as oauth2, AuthorizationServer, tenant, user } from '../../../packages/oauth2/test/authorization-server.ts'
import { apps, endApps, labApps, type RunningApp, startApp, startupFailure } from '../test/start-app.ts'

// Starting a process with a framework takes long on a slow machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** Starts an app for all tests of a block. */
function sharedApp(main: string): () => RunningApp {
  let app: RunningApp
  beforeAll(async () => {
    app = await startApp(main, { CHECK_TOKEN: 'the-token' })
  })
  afterAll(endApps)
  return () => app
}

describe.each(apps)('%s', (_, main) => {
  describe('with the built-in provider', () => {
    const app = sharedApp(main)

    it('sends a first message, prints where to look, and keeps running', async () => {
      const { lines, url } = app()
      expect(lines).toContain(`The dashboard:  ${url}/mail/`)
      expect(lines).toContainEqual(expect.stringContaining('The server has accepted the message: 250'))
      expect(await (await fetch(`${url}/inbox`)).json()).toEqual([expect.objectContaining({ subject: 'Hello from Postern' })])
      expect(await (await fetch(`${url}/mail/`)).text()).toContain('Outgoing mail')
    })

    it('sends a posted message and shows it in the inbox', async () => {
      const { url } = app()
      const sent = await post(url, { to: 'ada@postern.test', subject: 'Grüße', text: 'Hello\nAda' })
      expect(sent.status).toBe(202)
      expect(await sent.json()).toMatchObject({ accepted: ['ada@postern.test'] })
      expect(await (await fetch(`${url}/inbox`)).json()).toContainEqual(
        expect.objectContaining({ to: ['ada@postern.test'], subject: 'Grüße', text: 'Hello\nAda' }),
      )
    })

    it('sends a newsletter, one message to each address', async () => {
      const { url } = app()
      const sent = await post(url, { to: 'ada@postern.test,bob@postern.test', subject: 'News', text: 'Hello' }, '/newsletter')
      expect(sent.status).toBe(202)
      expect(await sent.json()).toEqual({ accepted: 2, failed: 0 })
      const inbox = (await (await fetch(`${url}/inbox`)).json()) as { readonly subject: string; readonly to: string[] }[]
      expect(inbox.filter(({ subject }) => subject === 'News').map(({ to }) => to)).toEqual([['ada@postern.test'], ['bob@postern.test']])
    })

    it('reports warn with the reason on a lower rung', async () => {
      const { url } = app()
      const response = await fetch(`${url}/health/smtp`)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('application/health+json')
      expect(await response.json()).toMatchObject({
        status: 'warn',
        message: expect.stringContaining('did not answer'),
      })
    })

    it('refuses everything under a host name that an attacker has resolved to this machine', async () => {
      const { url } = app()
      for (const path of ['/', '/inbox', '/mail/', '/metrics']) {
        const request = get(`${url}${path}`, { headers: { host: 'evil.example:3000' } })
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        response.resume()
        expect(response.statusCode).toBe(403)
      }
    })

    it('answers liveness', async () => {
      const { url } = app()
      expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'pass' })
    })

    it('checks settings with the token only, and does not connect to private addresses', async () => {
      const { url } = app()
      const check = (token: string) =>
        fetch(`${url}/settings/check`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({
            settings: { host: 'localhost', username: 'ada', password: 'secret-word' },
            probe: true,
          }),
        })
      expect((await check('another')).status).toBe(403)
      const response = await check('the-token')
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({
        ok: false,
        ports: [{ port: 587, code: 'target-forbidden' }, {}, {}],
      })
    })

    it.each([
      ['invalid JSON', '{"to":', 400],
      ['a missing field', '{"to":"a@postern.test","subject":"x"}', 400],
      ['an invalid recipient', '{"to":" ","subject":"x","text":"x"}', 422],
    ])('answers %s with problem details', async (_, body, status) => {
      const { url } = app()
      const response = await fetch(`${url}/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toContain('application/problem+json')
      expect(await response.json()).toMatchObject({ status, title: expect.stringMatching(/\w/) })
    })

    it('answers a message that failed in the language of the request', async () => {
      const { url } = app()
      const response = await fetch(`${url}/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': 'de-CH, en;q=0.5' },
        body: '{"to":" ","subject":"x","text":"x"}',
      })
      expect(await response.json()).toMatchObject({ code: 'envelope-invalid', title: expect.stringContaining('Empfänger'), advice: expect.stringMatching(/\w/) })
    })

    it('exits on Ctrl-C', async () => {
      const { child } = app()
      child.kill('SIGINT')
      expect(await once(child, 'exit')).toEqual([0, null])
    })
  })

  describe("with the user's server", () => {
    afterEach(endApps)

    it('sends the demo message', async () => {
      const provider = await startProvider({ faults: { 587: 'refuse' } })
      try {
        const { user, pass } = provider.auth
        const { lines } = await startApp(main, {
          SMTP_URL: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${provider.host}:${provider.ports[2525]}`,
          SMTP_TLS_CA: provider.ca,
        })
        expect(lines.join('\n')).toContain('The server has accepted the message')
        expect(provider.messages.map(({ to }) => to)).toEqual([[user]])
      } finally {
        await provider.close()
      }
    })

    it('trusts a private certificate by its fingerprint', async () => {
      const provider = await startProvider()
      try {
        const { user, pass } = provider.auth
        const { tls } = await probe({ host: provider.host, port: provider.ports[587], security: 'starttls' })
        const { lines } = await startApp(main, {
          SMTP_URL: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${provider.host}:${provider.ports[587]}`,
          SMTP_TLS_FINGERPRINTS: tls?.certificate.fingerprint ?? '',
        })
        expect(lines.join('\n')).toContain('The server has accepted the message')
      } finally {
        await provider.close()
      }
    })

    it('logs in with a token of Microsoft 365', async () => {
      const server = await AuthorizationServer.start()
      const provider = await startProvider({ users: { [user]: 'no token yet' } })
      server.onIssued = (token) => provider.setSecret(user, token)
      try {
        const { lines } = await startApp(main, {
          SMTP_HOST: provider.host,
          SMTP_PORT: String(provider.ports[587]),
          SMTP_TLS_CA: provider.ca,
          SMTP_USER: user,
          ENTRA_CLIENT_ID: oauth2.clientId,
          ENTRA_CLIENT_SECRET: oauth2.clientSecret,
          ENTRA_TENANT: tenant,
          ENTRA_AUTHORITY: server.url,
        })
        expect(lines.join('\n')).toContain('The server has accepted the message')
        expect(new Set(provider.logins.map(({ mechanism, ok }) => `${mechanism} ${ok}`))).toEqual(new Set(['XOAUTH2 true']))
        expect(server.requests).toEqual(['client_credentials ok'])
      } finally {
        await provider.close()
        await server[Symbol.asyncDispose]()
      }
    })

    it('checks the settings that are entered, not those that are in use', async () => {
      const provider = await startProvider()
      try {
        const { user, pass } = provider.auth
        const { url } = await startApp(main, {
          CHECK_TOKEN: 'the-token',
          SMTP_URL: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${provider.host}:${provider.ports[587]}`,
          SMTP_TLS_CA: provider.ca,
        })
        const check = async (values: object): Promise<unknown> => {
          const response = await fetch(`${url}/settings/check`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: 'Bearer the-token' },
            body: JSON.stringify({ settings: { account: provider.host, 'auth.user': user, port: '', ...values }, probe: true, login: true }),
          })
          return await response.json()
        }
        expect(await check({ 'auth.pass': pass })).toMatchObject({ ok: true, ports: [{ port: provider.ports[587], code: null }] })
        expect(await check({ 'auth.pass': 'another' })).toMatchObject({ ok: false, ports: [{ code: 'auth-rejected' }] })
      } finally {
        await provider.close()
      }
    })

    it('prints findings about the settings, and one sentence when the server does not accept the sender', async () => {
      const provider = await startProvider({ faults: { 587: 'sender-rejected' } })
      try {
        const { user, pass } = provider.auth
        const { lines, url } = await startApp(main, {
          SMTP_URL: `smtp://${encodeURIComponent(user)}:${encodeURIComponent(pass)}@${provider.host}:${provider.ports[587]}`,
          SMTP_TLS_CA: provider.ca,
        })
        expect(lines).toContainEqual(expect.stringContaining(`info: Port ${provider.ports[587]} is not a usual port for submission.`))
        expect(lines.filter((line) => line.includes('Not sent.'))).toEqual([expect.stringContaining('did not accept the sender (550 5.1.8)')])
        expect((await fetch(url)).status).toBe(200)
      } finally {
        await provider.close()
      }
    })

    it('logs why nothing was sent, and keeps running', async () => {
      const provider = await startProvider({ faults: { 587: 'refuse' } })
      try {
        const { lines, url } = await startApp(main, {
          SMTP_URL: `smtp://a%40b.test:secret-word@${provider.host}:${provider.ports[587]}`,
        })
        expect(lines.join('\n')).toContain('Not sent.')
        expect(lines.join('\n')).not.toContain('secret-word')
        expect((await fetch(`${url}/health/smtp`)).status).toBe(503)
        expect(await (await fetch(`${url}/mail/`)).text()).toContain('refused the connection.')
      } finally {
        await provider.close()
      }
    })
  })

  it('prints one line and exits with code 1 if the port is busy', async () => {
    const busy = createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const { port } = busy.address() as AddressInfo
    const failure = await startupFailure(main, { PORT: String(port) })
    expect(failure).toEqual({ code: 1, output: expect.stringMatching(new RegExp(`^Port ${port} is in use by another program: .*\n$`)) })
    busy.close()
  })
})

describe('with an invalid configuration, prints one line and exits with code 1', () => {
  it.each([
    ['an invalid port', { PORT: 'http' }, /^PORT should be a port number/],
    ['an invalid URL', { SMTP_URL: 'smtp//user:secret-word@host' }, /SMTP_URL.*smtp:\/\/user:password@/],
    ['a login without a host', { SMTP_USER: 'ada' }, /SMTP_HOST.*is not set/],
    ['a login without a password', { SMTP_HOST: 'smtp.example.com', SMTP_USER: 'ada@example.com' }, /SMTP_PASS: is not set, or empty\./],
    [
      'a file that does not exist',
      { SMTP_HOST: 'smtp.example.com', SMTP_USER: 'ada@example.com', ENTRA_CLIENT_ID: 'the-app', ENTRA_REFRESH_TOKEN_FILE: '/no/such/file' },
      /^ENOENT: .*\/no\/such\/file/,
    ],
    [
      'no sender',
      { SMTP_HOST: 'smtp.example.com', SMTP_USER: 'ada', SMTP_PASS: 'secret-word' },
      /^MAIL_FROM is not set/,
    ],
  ])('%s', async (_, env, sentence) => {
    const { code, output } = await startupFailure('main.js', env)
    expect(code).toBe(1)
    expect(output).toMatch(sentence)
    expect(output.trimEnd()).not.toContain('\n')
    expect(output).not.toContain('secret-word')
  })
})

describe.each(labApps)('the lab of %s', (_, main) => {
  const app = sharedApp(main)

  it('logs that 587 does not answer, 2525 accepts the message and is selected, and keeps running', async () => {
    const { lines, url } = app()
    const steps = lines.filter((line) => / s {2}/.test(line)).map((line) => line.replace(/^ *[\d.]+ s +/, ''))
    expect(steps).toEqual([
      expect.stringContaining('looking for a port that works, 587 first'),
      'Trying 587.',
      'Trying 2525.',
      expect.stringContaining('The server has accepted the message: 250'),
      expect.stringMatching(/^587 has not answered: The server 127\.0\.0\.1:\d+ did not answer within [\d.]+ s\.$/),
      '2525 is used from now on.',
    ])
    expect(await (await fetch(`${url}/inbox`)).json()).toEqual([
      expect.objectContaining({ subject: 'Hello from Postern' }),
    ])
  })

  it('sends a job in the background, and shows its outcome', async () => {
    const { url } = app()
    const added = await post(url, { to: 'ada@postern.test', subject: 'A job', text: 'Hello', bcc: 'eve@postern.test' }, '/jobs')
    expect(added.status).toBe(202)
    expect(added.headers.get('location')).toBe('/jobs/1')
    expect(await added.json()).toMatchObject({ id: '1', state: 'sending' })
    await vi.waitFor(async () => expect(await (await fetch(`${url}/jobs/1`)).json()).toEqual({ id: '1', state: 'sent', attempts: 1 }), { timeout: 20_000 })
    expect(await (await fetch(`${url}/inbox`)).json()).toContainEqual(expect.objectContaining({ to: ['ada@postern.test'], subject: 'A job' }))
    expect((await fetch(`${url}/jobs/2`)).status).toBe(404)
  })

  it('prints where to look, before the first message', async () => {
    const { lines, url } = app()
    expect(lines.slice(0, 2)).toEqual([`The lab:        ${url}/`, `The dashboard:  ${url}/mail/`])
  })

  it('serves the lab, and plays a scene', async () => {
    const { url } = app()
    expect(await (await fetch(url)).text()).toContain('<title>Postern lab</title>')
    const headers = { 'content-type': 'application/json', 'x-postern-lab': '1' }
    const played = await fetch(`${url}/lab/scene`, { method: 'POST', headers, body: '{"id":"expired"}' })
    expect(await played.json()).toMatchObject({ report: { ok: true, evidence: { inbox: 1 } } })
  })

  it('describes the settings form in the language of the app', async () => {
    const { url } = app()
    expect(await (await fetch(`${url}/settings/form`)).json()).toMatchObject({ locale: 'en', fields: [{ name: 'account' }, { name: 'auth.user' }, { name: 'auth.pass' }] })
  })

  it('exports metrics to Prometheus', async () => {
    const { url } = app()
    const response = await fetch(`${url}/metrics`)
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await response.text()).toMatch(/^postern_sends_total\{host="127\.0\.0\.1",port="2525",security="starttls",outcome="accepted"\} [1-9]/m)
  })

  it("watches the user's server, without faults", async () => {
    const provider = await startProvider({ faults: { 587: 'refuse' } })
    try {
      const { url } = await startApp(main, { SMTP_URL: `smtp://a%40b.test:secret-word@${provider.host}:${provider.ports[587]}` })
      const page = await (await fetch(url)).text()
      expect(page).toContain('This app watches your own server.')
      expect(page).toContain('<b>No port carries mail.</b>')
      expect(page).not.toContain('data-post')
    } finally {
      await provider.close()
    }
  })
})

describe('npm run start:fastify', () => {
  afterEach(endApps)

  it('has the health of mail in the status of under-pressure, and stays up without mail', async () => {
    const provider = await startProvider({ faults: { 587: 'refuse' } })
    try {
      const { url } = await startApp('fastify/main.js', { SMTP_URL: `smtp://a%40b.test:secret-word@${provider.host}:${provider.ports[587]}` })
      const response = await fetch(`${url}/status`)
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok', smtp: 'fail' }])
    } finally {
      await provider.close()
    }
  })
})

describe.each([
  ['npm run start:fastify', 'fastify/main.js'],
  ['npm run start:hono', 'hono/main.js'],
])('%s', (_, main) => {
  const app = sharedApp(main)

  it('shows two mailers on the dashboard, at / too', async () => {
    const { url } = app()
    const response = await fetch(url)
    expect(response.url).toBe(`${url}/mail/`)
    const page = await response.text()
    expect(page).toContain('id="mailer-transactional"')
    expect(page).toContain('id="mailer-newsletter"')
  })
})

function post(url: string, body: object, path = '/send'): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}
