import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Adapter, CheckOptions } from './adapter.ts'
import { allowProvider, type CheckResponse, postCheck } from './post-check.ts'
import { type Canary, startCanary } from './canary.ts'
import { startNameServer, type Zone } from './name-server.ts'
import { eventually, fixturesFor, settingsOf } from './fixtures.ts'
import { ssrfForms } from './ssrf-forms.ts'

const auth = { user: 'ada', pass: 'secret-word' }

/** Attacks on the settings check. */
export function attackContract(name: string, adapter: Adapter): void {
  const fixtures = fixturesFor(adapter)
  const open: { close(): Promise<void> }[] = []
  // Where the adapter does not own the connection, the answer is all that can be expected.
  const receive = (socket: Socket, last?: string) => receiveText(socket, adapter.ownsConnections === false ? last : undefined)
  afterEach(async () => {
    for (const it of open.splice(0)) await it.close()
  })
  const openCanary = async (host?: string): Promise<Canary> => {
    const canary = await startCanary(host)
    open.push(canary)
    return canary
  }
  const openNameServer = async (zone: Zone) => {
    const server = await startNameServer(zone)
    open.push(server)
    return server
  }
  /** Starts an app that checks the canary's port and a closed port, on allowed hosts. */
  const startApp = async ({ port, closedPort }: Canary, more: Partial<CheckOptions> = {}) => {
    const ports = [port, closedPort].map((one) => ({ port: one, security: 'starttls' as const }))
    const check = { authorize: () => true, ports, rate: { checks: 1_000, per: 1_000 }, ...more }
    return (await fixtures.app({ settings: { host: '127.0.0.1', candidates: ports }, check })).url
  }

  describe(`${name}: the guard`, () => {
    it('connects to the canary when its address is allowed', async () => {
      const canary = await openCanary()
      await probeAt(await startApp(canary, { allow: ['127.0.0.0/8'] }), '127.0.0.1')
      expect(canary.connections).toBe(1)
    })

    it.each(ssrfForms)('does not connect to a forbidden host: %s', async (_, host) => {
      const canary = await openCanary()
      const { status, json, text } = await probeAt(await startApp(canary), host)
      expect(status).toBe(200)
      expect(json).toMatchObject({ ok: false, recommended: null })
      // An invalid host is rejected before there are ports to check.
      expect([[], forbidden(canary)]).toContainEqual(json.ports)
      expect(text).not.toContain('echo')
      expect(canary.connections).toBe(0)
    })

    it.each<[what: string, addresses: string[]]>([
      ['loopback', ['127.0.0.1']],
      ['IPv6 loopback', ['::1']],
      ['a private network', ['10.1.2.3']],
      ['metadata', ['169.254.169.254']],
      ['a mapped address', ['::ffff:7f00:1']],
      ['NAT64', ['64:ff9b::7f00:1']],
      ['one allowed address and one that is not', ['127.0.0.9', '127.0.0.1']],
      ['an allowed address and IPv6 loopback', ['127.0.0.9', '::1']],
    ])('does not connect to a name that resolves to %s', async (_, addresses) => {
      const canary = await openCanary()
      const { resolve, queries } = await openNameServer({ 'mail.example.com': [addresses] })
      const { json } = await probeAt(await startApp(canary, { resolve, allow: ['127.0.0.9'] }), 'mail.example.com')
      expect(json).toMatchObject({ ok: false, recommended: null, ports: forbidden(canary, 'dns-not-found') })
      expect(queries).toContain('mail.example.com A')
      expect(canary.connections).toBe(0)
    })

    it('does not reveal which internal names exist', async () => {
      const canary = await openCanary()
      const { resolve, queries } = await openNameServer({ 'db.corp.example.com': [['10.1.2.3']], 'empty.corp.example.com': [[]] })
      const url = await startApp(canary, { resolve })
      const [internal, empty, missing] = [
        await probeAt(url, 'db.corp.example.com'),
        await probeAt(url, 'empty.corp.example.com'),
        await probeAt(url, 'no.corp.example.com'),
      ]
      expect(queries).toEqual(expect.arrayContaining(['db.corp.example.com A', 'no.corp.example.com A']))
      expect([internal.status, internal.text]).toEqual([missing.status, missing.text])
      expect(empty.text).toBe(missing.text)
    })

    it('resists DNS rebinding: resolves a name once', async () => {
      const canary = await openCanary('127.0.0.8')
      const { resolve, queries } = await openNameServer({ 'mail.example.com': [['127.0.0.9'], ['127.0.0.8']] })
      const { json } = await probeAt(await startApp(canary, { resolve, allow: ['127.0.0.9'] }), 'mail.example.com')
      // Both connections went to the address that was checked, where nothing listens.
      expect(json.ports).toEqual(forbidden(canary, 'connect-refused'))
      expect(queries.filter((one) => one.endsWith(' A'))).toEqual(['mail.example.com A'])
      expect(canary.connections).toBe(0)
      expect(await resolve('mail.example.com')).toEqual([{ address: '127.0.0.8', family: 4 }])
    })

    it('verifies the certificate against the name, not the address', async () => {
      const provider = await fixtures.provider()
      const { resolve } = await openNameServer({ 'mail.example.com': [[provider.host]] })
      const app = await fixtures.app({ settings: settingsOf(provider), check: { ...allowProvider(provider), resolve } })
      const { json } = await probeAt(app.url, 'mail.example.com')
      expect(json.ports).toContainEqual({ port: provider.ports[587], security: 'starttls', ok: false, code: 'certificate-name' })
      expect(provider.logins).toEqual([])
    })

    it.each([22, 80, 110, 443, 3306, 6379, 11_211, 65_535, 26, 588])('does not connect to port %i, even on an allowed host', async (port) => {
      const provider = await fixtures.provider()
      const app = await fixtures.app({ settings: settingsOf(provider), check: allowProvider(provider) })
      const { json } = await postCheck(app.url, { settings: { host: provider.host, auth, port }, probe: true })
      expect(json.ports).toContainEqual(expect.objectContaining({ port, ok: false, code: 'target-forbidden' }))
    })

    it.each([0, -1, 65_536, 587.5, '587x', '0x24b', ' ', '587\r\n25', [587], { port: 587 }, true])('rejects or ignores the invalid port %j', async (port) => {
      const canary = await openCanary()
      const { status } = await postCheck(await startApp(canary), { settings: { host: 'localhost', auth, port }, probe: true })
      expect([200, 422]).toContain(status)
      expect(canary.connections).toBe(0)
    })
  })

  describe(`${name}: the settings check limits resources`, () => {
    it('closes the connection of a client that sends its body too slowly', async () => {
      const canary = await openCanary()
      const url = new URL(await startApp(canary, { bodyTimeout: 50 }))
      const socket = connect(Number(url.port), url.hostname)
      socket.write('POST /settings/check HTTP/1.1\r\nhost: app.test\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
      expect(await receive(socket, '"too-slow"')).toMatch(/^HTTP\/1.1 408 [^]*"code":"too-slow"/)
    })

    it('reads no more of an endless body than the limit', async () => {
      const canary = await openCanary()
      const { port, hostname } = new URL(await startApp(canary, { bodyTimeout: 60_000 }))
      const socket = connect(Number(port), hostname)
      socket.write('POST /settings/check HTTP/1.1\r\nhost: app.test\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.write(`9000\r\n{"settings": "${'echo'.repeat(9_000)}`)
      expect(await receive(socket, '"too-large"')).toMatch(/^HTTP\/1.1 413 [^]*"code":"too-large"/)
    })

    it.each([
      ['403, not authorized', 'POST', 403, { authorize: () => false }],
      ['405, wrong method', 'PUT', 405, {}],
      ['429, too many requests', 'POST', 429, { rate: { checks: 1, per: 60_000 } }],
    ] as const)('closes the connection of a rejected client that still sends its body: %s', async (_, method, status, more) => {
      const canary = await openCanary()
      const url = await startApp(canary, { bodyTimeout: 60_000, ...more })
      await postCheck(url, { settings: { host: 'smtp.example.com' } })
      const { port, hostname } = new URL(url)
      const socket = connect(Number(port), hostname)
      socket.write(`${method} /settings/check HTTP/1.1\r\nhost: app.test\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`)
      expect(await receive(socket, `"status":${status}`)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"status":${status}`))
    })

    it('keeps the connection of a rejected client whose body is complete', async () => {
      const canary = await openCanary()
      const { port, hostname } = new URL(await startApp(canary, { authorize: () => false }))
      const socket = connect(Number(port), hostname)
      socket.write(smallPost('') + smallPost('connection: close\r\n'))
      const answers = (await receive(socket)).match(/HTTP\/1.1 403 /g)
      expect(answers).toHaveLength(2)
    })

    it.skipIf(adapter.seesDisconnects === false)('opens no more connections to a hanging provider than its limits allow, and closes them when clients abort', async () => {
      const provider = await fixtures.provider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } })
      const check = { ...allowProvider(provider), concurrency: 2, rate: { checks: 1_000, per: 1_000 } }
      const app = await fixtures.app({ settings: settingsOf(provider), check })
      const controller = new AbortController()
      let busy = 0
      const requests = Array.from({ length: 8 }, async () => {
        const { status } = await fetch(`${app.url}/settings/check`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ settings: { host: provider.host, auth }, probe: true }),
          signal: controller.signal,
        })
        if (status === 503) busy += 1
      })
      // A check connects to 465 once. A silent STARTTLS port gets a second connection, which tests whether it expects TLS.
      await eventually(() => expect([provider.connections[465], busy]).toEqual([2, 6]))
      controller.abort()
      expect((await Promise.allSettled(requests)).filter(({ status }) => status === 'rejected')).toHaveLength(2)
      expect(provider.connections).toMatchObject({ 25: 0, 465: 2 })
      for (const port of [587, 2525] as const) expect(provider.connections[port]).toBeLessThanOrEqual(4)
      for (const port of [587, 2525, 465]) await provider.heal(port)
      // Aborted checks free their slots before their deadline.
      await eventually(async () => expect((await probeAt(app.url, provider.host)).status).toBe(200))
    })
  })
}

function probeAt(url: string, host: string): Promise<CheckResponse> {
  return postCheck(url, { settings: { host, auth }, probe: true, login: true })
}

function forbidden(canary: Canary, code = 'target-forbidden') {
  return [canary.port, canary.closedPort].map((port) => ({ port, security: 'starttls', ok: false, code }))
}

function smallPost(header: string): string {
  return `POST /settings/check HTTP/1.1\r\nhost: app.test\r\ncontent-type: application/json\r\ncontent-length: 2\r\n${header}\r\n{}`
}

/** Receives until the server closes the connection, or until `last` has arrived. */
async function receiveText(socket: Socket, last?: string): Promise<string> {
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk as string
    if (last !== undefined && text.includes(last)) break
  }
  socket.destroy()
  return text
}
