import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Adapter, CheckOptions } from './adapter.ts'
import { type Answer, ask, openFor } from './ask.ts'
import { type Canary, startCanary } from './canary.ts'
import { startNameServer, type Zone } from './name-server.ts'
import { settingsOf, stageFor } from './stage.ts'
import { ssrfForms } from './ssrf-forms.ts'

const auth = { user: 'ada', pass: 'secret-word' }

/** What the settings check must withstand. */
export function attackContract(name: string, adapter: Adapter): void {
  const stage = stageFor(adapter)
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const it of open.splice(0)) await it.close()
  })
  const canaryOn = async (host?: string): Promise<Canary> => {
    const canary = await startCanary(host)
    open.push(canary)
    return canary
  }
  const namesIn = async (zone: Zone) => {
    const server = await startNameServer(zone)
    open.push(server)
    return server
  }
  /** An app that may try the canary's port and a closed one, on whichever host is allowed. */
  const guarding = async ({ port, closedPort }: Canary, more: Partial<CheckOptions> = {}) => {
    const ports = [port, closedPort].map((one) => ({ port: one, security: 'starttls' as const }))
    const check = { authorize: () => true, ports, rate: { checks: 1_000, per: 1_000 }, ...more }
    return (await stage.app({ settings: { host: '127.0.0.1', candidates: ports }, check })).url
  }

  describe(`${name}: the guard`, () => {
    it('has a canary that hears what is allowed', async () => {
      const canary = await canaryOn()
      await probeAt(await guarding(canary, { allow: ['127.0.0.0/8'] }), '127.0.0.1')
      expect(canary.heard).toBe(1)
    })

    it.each(ssrfForms)('lets nobody through by %s', async (_, host) => {
      const canary = await canaryOn()
      const { status, json, text } = await probeAt(await guarding(canary), host)
      expect(status).toBe(200)
      expect(json).toMatchObject({ ok: false, recommended: null })
      // A host that is none is found out before there is anything to connect to.
      expect([[], forbidden(canary)]).toContainEqual(json.ports)
      expect(text).not.toContain('echo')
      expect(canary.heard).toBe(0)
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
    ])('follows no name to %s', async (_, addresses) => {
      const canary = await canaryOn()
      const { resolve, asked } = await namesIn({ 'mail.example.com': [addresses] })
      const { json } = await probeAt(await guarding(canary, { resolve, allow: ['127.0.0.9'] }), 'mail.example.com')
      expect(json).toMatchObject({ ok: false, recommended: null, ports: forbidden(canary, 'dns-not-found') })
      expect(asked).toContain('mail.example.com A')
      expect(canary.heard).toBe(0)
    })

    it('does not tell which names there are in the network inside', async () => {
      const canary = await canaryOn()
      const { resolve, asked } = await namesIn({ 'db.corp.example.com': [['10.1.2.3']], 'empty.corp.example.com': [[]] })
      const url = await guarding(canary, { resolve })
      const [there, empty, none] = [
        await probeAt(url, 'db.corp.example.com'),
        await probeAt(url, 'empty.corp.example.com'),
        await probeAt(url, 'no.corp.example.com'),
      ]
      expect(asked).toEqual(expect.arrayContaining(['db.corp.example.com A', 'no.corp.example.com A']))
      expect([there.status, there.text]).toEqual([none.status, none.text])
      expect(empty.text).toBe(none.text)
    })

    it('is not led elsewhere by a name that changes between two look-ups', async () => {
      const canary = await canaryOn('127.0.0.8')
      const { resolve, asked } = await namesIn({ 'mail.example.com': [['127.0.0.9'], ['127.0.0.8']] })
      const { json } = await probeAt(await guarding(canary, { resolve, allow: ['127.0.0.9'] }), 'mail.example.com')
      // Both connects went to the address that was judged, where nobody listens.
      expect(json.ports).toEqual(forbidden(canary, 'connect-refused'))
      expect(asked.filter((one) => one.endsWith(' A'))).toEqual(['mail.example.com A'])
      expect(canary.heard).toBe(0)
      expect(await resolve('mail.example.com')).toEqual([{ address: '127.0.0.8', family: 4 }])
    })

    it('verifies the certificate by the name, whatever address it has', async () => {
      const provider = await stage.provider()
      const { resolve } = await namesIn({ 'mail.example.com': [[provider.host]] })
      const app = await stage.app({ settings: settingsOf(provider), check: { ...openFor(provider), resolve } })
      const { json } = await probeAt(app.url, 'mail.example.com')
      expect(json.ports).toContainEqual({ port: provider.ports[587], security: 'starttls', ok: false, code: 'certificate-name' })
      expect(provider.logins).toEqual([])
    })

    it.each([22, 80, 110, 443, 3306, 6379, 11_211, 65_535, 26, 588])('does not try port %i, even on an allowed host', async (port) => {
      const provider = await stage.provider()
      const app = await stage.app({ settings: settingsOf(provider), check: openFor(provider) })
      const { json } = await ask(app.url, { settings: { host: provider.host, auth, port }, probe: true })
      expect(json.ports).toContainEqual(expect.objectContaining({ port, ok: false, code: 'target-forbidden' }))
    })

    it.each([0, -1, 65_536, 587.5, '587x', '0x24b', ' ', '587\r\n25', [587], { port: 587 }, true])('takes %j for no port', async (port) => {
      const canary = await canaryOn()
      const { status } = await ask(await guarding(canary), { settings: { host: 'localhost', auth, port }, probe: true })
      expect([200, 422]).toContain(status)
      expect(canary.heard).toBe(0)
    })
  })

  describe(`${name}: the settings check keeps`, () => {
    it('no socket of a client that sends its body too slowly', async () => {
      const canary = await canaryOn()
      const url = new URL(await guarding(canary, { bodyTimeout: 50 }))
      const socket = connect(Number(url.port), url.hostname)
      socket.write('POST /settings/check HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
      expect(await heardUntilClosed(socket)).toMatch(/^HTTP\/1.1 408 [^]*"code":"too-slow"/)
    })

    it('no more of a body that never ends than the limit', async () => {
      const canary = await canaryOn()
      const { port, hostname } = new URL(await guarding(canary, { bodyTimeout: 60_000 }))
      const socket = connect(Number(port), hostname)
      socket.write('POST /settings/check HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n')
      socket.write(`9000\r\n{"settings": "${'echo'.repeat(9_000)}`)
      expect(await heardUntilClosed(socket)).toMatch(/^HTTP\/1.1 413 [^]*"code":"too-large"/)
    })

    it.each([
      ['403, of one that may not ask', 'POST', 403, { authorize: () => false }],
      ['405, of one that does something else', 'PUT', 405, {}],
      ['429, of one that asks too often', 'POST', 429, { rate: { checks: 1, per: 60_000 } }],
    ] as const)('no socket of a client that sends slowly: %s', async (_, method, status, more) => {
      const canary = await canaryOn()
      const url = await guarding(canary, { bodyTimeout: 60_000, ...more })
      await ask(url, { settings: { host: 'smtp.example.com' } })
      const { port, hostname } = new URL(url)
      const socket = connect(Number(port), hostname)
      socket.write(`${method} /settings/check HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`)
      expect(await heardUntilClosed(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"status":${status}`))
    })

    it('the connection of one whom it turns away, when there is nothing more to come', async () => {
      const canary = await canaryOn()
      const { port, hostname } = new URL(await guarding(canary, { authorize: () => false }))
      const socket = connect(Number(port), hostname)
      socket.write(smallPost('') + smallPost('connection: close\r\n'))
      const answers = (await heardUntilClosed(socket)).match(/HTTP\/1.1 403 /g)
      expect(answers).toHaveLength(2)
    })

    it('no more sockets to a provider that hangs than its limits say, and none once nobody waits', async () => {
      const provider = await stage.provider({ faults: { 587: 'silent', 2525: 'silent', 465: 'silent' } })
      const check = { ...openFor(provider), concurrency: 2, rate: { checks: 1_000, per: 1_000 } }
      const app = await stage.app({ settings: settingsOf(provider), check })
      const gone = new AbortController()
      let turnedAway = 0
      const asked = Array.from({ length: 8 }, async () => {
        const { status } = await fetch(`${app.url}/settings/check`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ settings: { host: provider.host, auth }, probe: true }),
          signal: gone.signal,
        })
        if (status === 503) turnedAway += 1
      })
      await vi.waitFor(() => expect([provider.connections[587], turnedAway]).toEqual([2, 6]))
      gone.abort()
      expect((await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')).toHaveLength(2)
      expect(provider.connections).toEqual({ 25: 0, 465: 2, 587: 2, 2525: 2 })
      for (const port of [587, 2525, 465]) await provider.heal(port)
      // The places of those who left are free again, long before their deadline.
      await vi.waitFor(async () => expect((await probeAt(app.url, provider.host)).status).toBe(200))
    })
  })
}

function probeAt(url: string, host: string): Promise<Answer> {
  return ask(url, { settings: { host, auth }, probe: true, login: true })
}

function forbidden(canary: Canary, code = 'target-forbidden') {
  return [canary.port, canary.closedPort].map((port) => ({ port, security: 'starttls', ok: false, code }))
}

function smallPost(header: string): string {
  return `POST /settings/check HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n${header}\r\n{}`
}

async function heardUntilClosed(socket: Socket): Promise<string> {
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  await once(socket, 'close')
  return heard
}
