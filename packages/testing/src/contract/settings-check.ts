import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createCertificates } from '../certificates.ts'
import type { Fault } from '../fault.ts'
import type { Adapter, CheckOptions } from './adapter.ts'
import { allowProvider, postCheck } from './post-check.ts'
import { postRaw } from './post-raw.ts'
import { deepBodies, otherPaths, refusedBodies } from './bodies.ts'
import { eventually, fixturesFor, settingsOf } from './fixtures.ts'

/** The behavior of the settings check over HTTP. Further tests of the address guard are in core. */
export function settingsCheckContract(name: string, adapter: Adapter): void {
  const fixtures = fixturesFor(adapter)
  const start = async (faults: Readonly<Partial<Record<587 | 2525 | 465, Fault>>>, more: Partial<CheckOptions> = {}) => {
    const provider = await fixtures.provider({ faults })
    const app = await fixtures.app({ settings: settingsOf(provider), check: { ...allowProvider(provider), ...more } })
    const { host, auth, ports } = provider
    return { provider, url: app.url, settings: { host, auth }, ports }
  }

  describe(`${name}: the settings check`, () => {
    it('reports findings without connecting', async () => {
      const { url, provider, ports } = await start({})
      const { status, headers, json } = await postCheck(url, { settings: { host: 'smtp.example.com', port: 587, secure: true } })
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
      expect(headers.get('cache-control')).toBe('no-store')
      // Frameworks add names of their own.
      expect(headers.get('vary')?.split(', ')).toContain('Accept-Language')
      expect(json).toEqual({
        ok: false,
        findings: [expect.objectContaining({ code: 'security-mismatch', severity: 'error' }), expect.anything()],
        ports: [],
        recommended: { port: ports[587], security: 'starttls' },
      })
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it('reads a body with a byte order mark, also in single-byte chunks', async () => {
      const { url } = await start({})
      const text = '\ufeff{"settings": {"host": "smtp.example.com", "username": "jürgen", "password": "x"}}'
      expect((await postCheck(url, text)).status).toBe(200)
      const response = await fetch(`${url}/settings/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: new Blob([text]).stream().pipeThrough(bytewise()),
        duplex: 'half',
      })
      expect(response.status).toBe(200)
    })

    it('probes on request, recommends the best port and reports a code for each', async () => {
      const { url, settings, ports } = await start({ 587: 'refuse', 465: 'certificate-name' })
      expect((await postCheck(url, { settings, probe: true })).json).toMatchObject({
        ok: true,
        ports: [
          { port: ports[587], security: 'starttls', ok: false, code: 'connect-refused' },
          { port: ports[2525], security: 'starttls', ok: true, code: null },
          { port: ports[465], security: 'implicit', ok: false, code: 'certificate-name' },
        ],
        recommended: { port: ports[2525], security: 'starttls' },
      })
    })

    it('trusts the posted CA as well as the operator’s', async () => {
      const { ca } = await createCertificates('localhost')
      const { url, provider, settings } = await start({}, { tls: { ca } })
      const asked = async (more: object) => (await postCheck(url, { settings: { ...settings, ...more }, probe: true })).json
      const refused = expect.arrayContaining([expect.objectContaining({ port: provider.ports[587], code: 'certificate-untrusted' })]) as unknown
      expect(await asked({})).toMatchObject({ ok: false, ports: refused })
      expect(await asked({ tls: { ca: provider.ca } })).toMatchObject({ ok: true })
    })

    it('trusts posted fingerprints only, but prefers those of the operator', async () => {
      const { url, provider, settings } = await start({})
      const pinned = `sha256:${new X509Certificate(provider.ca).fingerprint256}`
      const other = `sha256:${'0'.repeat(64)}`
      const asked = async (address: string, ...fingerprints: string[]) =>
        (await postCheck(address, { settings: { ...settings, tls: { fingerprints } }, probe: true })).json
      const changed = expect.arrayContaining([expect.objectContaining({ port: provider.ports[587], code: 'certificate-changed' })]) as unknown
      expect(await asked(url, other, pinned)).toMatchObject({ ok: true })
      expect(await asked(url, other)).toMatchObject({ ok: false, ports: changed })
      const strict = await start({}, { tls: { fingerprints: [other] } })
      expect((await asked(strict.url, pinned)).ok).toBe(false)
    })

    it('logs in only when both probe and login are set', async () => {
      const { url, provider, settings } = await start({})
      await postCheck(url, { settings, probe: true })
      await postCheck(url, { settings, login: true })
      expect(provider.logins).toEqual([])
    })

    it('logs in once, on the port it recommends', async () => {
      const { url, provider, settings, ports } = await start({ 587: 'auth-rejected' })
      const { json } = await postCheck(url, { settings, probe: true, login: true })
      expect(json).toMatchObject({ ok: false, recommended: { port: ports[587] } })
      expect(json.ports).toContainEqual({ port: ports[587], security: 'starttls', ok: false, code: 'auth-rejected' })
      expect(provider.logins).toEqual([expect.objectContaining({ port: 587, ok: false, secure: true })])
    })

    it('checks the values of the settings form as they are entered', async () => {
      const { url, provider, ports } = await start({})
      const { host, auth, ca } = provider
      const values = { account: host, 'auth.user': auth.user, 'auth.pass': auth.pass, port: String(ports[587]), security: '', clientName: '', 'tls.ca': ca, 'tls.servername': '', 'tls.minVersion': 'TLSv1.2' }
      const checked = async (more: object) => (await postCheck(url, { settings: { ...values, ...more }, probe: true, login: true })).json
      expect(await checked({})).toMatchObject({ ok: true })
      expect(await checked({ 'auth.pass': 'another' })).toMatchObject({ ok: false, ports: expect.arrayContaining([expect.objectContaining({ code: 'auth-rejected' })]) as unknown })
      expect(await checked({ account: `"${host}"` })).toMatchObject({ ok: false, findings: [expect.objectContaining({ code: 'host-malformed' }), expect.anything()], ports: [] })
      expect(provider.logins).toHaveLength(2)
    })

    it('answers ok when the login is accepted', async () => {
      const { url, settings } = await start({})
      expect((await postCheck(url, { settings, probe: true, login: true })).json).toMatchObject({ ok: true })
    })

    it('answers in the language of Accept-Language', async () => {
      const { url } = await start({})
      const german = await postCheck(url, { settings: { host: 'smtp.example.com' } }, { 'accept-language': 'de-CH, en;q=0.5' })
      expect(german.headers.get('content-language')).toBe('de')
      expect(german.text).toContain('Anmeldung')
      expect((await postCheck(url, '{', { 'accept-language': 'de' })).json.title).toContain('JSON sein')
      expect((await postCheck(url, '{', { 'accept-language': 'fr-CA, de;q=0.5' })).json.title).toContain('en JSON')
      expect((await postCheck(url, { settings: { host: 'smtp.example.com' } }, { 'accept-language': 'xx' })).text).toContain('login')
    })

    it.each<Fault>(['auth-echo', 'bad-banner', 'http-banner', 'greeting-rejected', 'auth-rejected'])(
      'repeats nothing that the client or the SMTP server sent: %s',
      async (fault) => {
        const { url, settings } = await start({ 587: fault, 2525: fault, 465: fault })
        const sent = { ...settings, security: 'none', port: 2525, clientName: 'echo.example.com' }
        const { text } = await postCheck(url, { settings: sent, probe: true, login: true })
        for (const word of [settings.auth.user, settings.auth.pass, settings.host, 'echo', 'SSH', 'HTTP/1']) {
          expect(text).not.toContain(word)
        }
        // Reply codes, not parts of port numbers.
        expect(text).not.toMatch(/\b(?:400|535|554)\b/)
      },
    )

    it.each<[fault: Fault, checkSender: unknown]>([
      ['sender-rejected', 'echo@example.com'],
      ['recipient-rejected', { from: 'echo@example.com', to: 'echo@example.org' }],
    ])('asks for the sender on the best port if requested: %s', async (fault, checkSender) => {
      const { url, provider, settings } = await start({ 587: fault, 2525: fault })
      expect((await postCheck(url, { settings, probe: true, login: true })).json.ok).toBe(true)
      const { json, text } = await postCheck(url, { settings, probe: true, login: true, checkSender })
      expect(json).toMatchObject({ ok: false, ports: [{ ok: false, code: fault }, { ok: true }, { ok: true }] })
      expect(text).not.toContain('echo')
      expect(provider.messages).toEqual([])
    })

    it('does not connect to hosts outside allow', async () => {
      const { url, provider, settings, ports } = await start({}, { allow: [] })
      expect((await postCheck(url, { settings, probe: true, login: true })).json).toEqual({
        ok: false,
        findings: expect.anything(),
        ports: [587, 2525, 465].map((port) => expect.objectContaining({ port: ports[port as 587], ok: false, code: 'target-forbidden' })),
        recommended: null,
      })
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it('does not connect to ports that are not allowed', async () => {
      const { url, provider, settings, ports } = await start({})
      const { json } = await postCheck(url, { settings: { ...settings, port: ports[25] }, probe: true })
      expect(json.ports).toContainEqual({ port: ports[25], security: 'starttls', ok: false, code: 'target-forbidden' })
      expect(provider.connections[25]).toBe(0)
    })
  })

  describe(`${name}: the settings check rejects with problem details`, () => {
    it.each(refusedBodies)('%s', async (_, body, status, code) => {
      const { url, provider } = await start({})
      const response = await postCheck(url, body)
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      const title = expect.stringMatching(/\w/) as unknown
      expect(response.json).toEqual({ type: `urn:postern:problem:${code}`, title, status, code })
      expect(response.text).not.toContain('echo')
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it.each(otherPaths)('invalid JSON and unauthorized callers at %s', async (path) => {
      const { url } = await start({}, { authorize: (header) => header('x-token') === 'right' })
      const post = (token: string, body: string) =>
        postRaw(url, path, { 'content-type': 'application/json', 'x-token': token }, body)
      const answers = [await post('wrong', '{"settings": echo'), await post('right', '{"settings": echo')]
      // For other paths the framework answers.
      const isOurs = (await post('right', '{}')).status === 422
      const ours = answers.filter(({ text }) => text.includes('urn:postern:problem:'))
      expect(ours.map(({ status }) => status)).toEqual(isOurs ? [403, 400] : [])
      expect(ours.filter(({ text }) => text.includes('echo'))).toEqual([])
    })

    it.each(deepBodies)('deep nesting in %s', async (_, body) => {
      const { url, provider } = await start({})
      const { status, json, text } = await postCheck(url, body)
      expect(status === 422 || (status === 200 && json.ok === false)).toBe(true)
      expect(text).not.toContain('echo')
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it.each([
      ['a form', 'application/x-www-form-urlencoded'],
      ['plain text', 'text/plain'],
      ['no content type', ''],
    ])('%s', async (_, type) => {
      const { url } = await start({})
      const { status, json } = await postCheck(url, { settings: { host: 'smtp.example.com' } }, { 'content-type': type })
      expect([status, json.code]).toEqual([415, 'wrong-media-type'])
    })

    it('a compressed body', async () => {
      const { url } = await start({})
      expect((await postCheck(url, '{}', { 'content-encoding': 'gzip' })).json.code).toBe('wrong-media-type')
    })

    it.each([
      ['returns false', () => false],
      ['rejects', () => Promise.reject(new Error('the directory is down'))],
      ['returns a truthy value that is not true', () => 1 as unknown as boolean],
    ])('a caller for whom authorize %s', async (_, authorize) => {
      const { url } = await start({}, { authorize })
      const { status, json } = await postCheck(url, { settings: { host: 'smtp.example.com' } })
      expect([status, json.code]).toEqual([403, 'not-allowed'])
    })

    it.each(['GET', 'PUT', 'DELETE'])('the method %s', async (method) => {
      const { url } = await start({})
      const response = await fetch(`${url}/settings/check`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
      expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
    })

    it('a caller above the rate', async () => {
      const { url } = await start({}, { rate: { checks: 2, per: 60_000 } })
      const request = () => postCheck(url, { settings: { host: 'smtp.example.com' } })
      expect([(await request()).status, (await request()).status]).toEqual([200, 200])
      const third = await request()
      expect([third.status, third.json.code]).toEqual([429, 'too-many-requests'])
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    })

    it.skipIf(adapter.seesDisconnects === false)('probes above the concurrency limit, and accepts new ones when others end', async () => {
      const { url, provider, settings } = await start({ 587: 'silent', 2525: 'silent', 465: 'silent' }, { concurrency: 1 })
      const controller = new AbortController()
      const first = fetch(`${url}/settings/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ settings, probe: true }),
        signal: controller.signal,
      })
      await eventually(() => expect(provider.connections[465]).toBe(1))
      const second = await postCheck(url, { settings, probe: true })
      expect([second.status, second.json.code, second.headers.get('retry-after')]).toEqual([503, 'busy', '1'])
      controller.abort()
      await expect(first).rejects.toThrow('abort')
      for (const port of [587, 2525, 465]) await provider.heal(port)
      await eventually(async () => expect((await postCheck(url, { settings, probe: true })).json.ok).toBe(true))
    })
  })
}

/** Splits a body into single bytes, also inside UTF-8 sequences. */
function bytewise(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of chunk) controller.enqueue(Uint8Array.of(byte))
    },
  })
}
