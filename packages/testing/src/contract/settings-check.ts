import { describe, expect, it, vi } from 'vitest'
import { createCertificates } from '../certificates.ts'
import type { Fault } from '../fault.ts'
import type { Adapter, CheckOptions } from './adapter.ts'
import { ask, openFor } from './ask.ts'
import { postRaw } from './post-raw.ts'
import { deepBodies, otherPaths, refusedBodies } from './bodies.ts'
import { settingsOf, stageFor } from './stage.ts'

/** What the settings check promises, over HTTP. The guard's own attacks are in core. */
export function settingsCheckContract(name: string, adapter: Adapter): void {
  const stage = stageFor(adapter)
  const startOn = async (faults: Readonly<Partial<Record<587 | 2525 | 465, Fault>>>, more: Partial<CheckOptions> = {}) => {
    const provider = await stage.provider({ faults })
    const app = await stage.app({ settings: settingsOf(provider), check: { ...openFor(provider), ...more } })
    const { host, auth, ports } = provider
    return { provider, url: app.url, settings: { host, auth }, ports }
  }

  describe(`${name}: the settings check`, () => {
    it('finds without connecting', async () => {
      const { url, provider, ports } = await startOn({})
      const { status, headers, json } = await ask(url, { settings: { host: 'smtp.example.com', port: 587, secure: true } })
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'Accept-Language'])
      expect(json).toEqual({
        ok: false,
        findings: [expect.objectContaining({ code: 'security-mismatch', severity: 'error' }), expect.anything()],
        ports: [],
        recommended: { port: ports[587], security: 'starttls' },
      })
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it('reads a body with a byte order mark, and one in pieces', async () => {
      const { url } = await startOn({})
      const text = '\ufeff{"settings": {"host": "smtp.example.com", "username": "jürgen", "password": "x"}}'
      expect((await ask(url, text)).status).toBe(200)
      const response = await fetch(`${url}/settings/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: new Blob([text]).stream().pipeThrough(bytewise()),
        duplex: 'half',
      })
      expect(response.status).toBe(200)
    })

    it('connects when asked to, recommends the best port and shows each by its code', async () => {
      const { url, settings, ports } = await startOn({ 587: 'refuse', 465: 'certificate-expired' })
      expect((await ask(url, { settings, probe: true })).json).toMatchObject({
        ok: true,
        ports: [
          { port: ports[587], security: 'starttls', ok: false, code: 'connect-refused' },
          { port: ports[2525], security: 'starttls', ok: true, code: null },
          { port: ports[465], security: 'implicit', ok: false, code: 'certificate-expired' },
        ],
        recommended: { port: ports[2525], security: 'starttls' },
      })
    })

    it('trusts the posted authority beside the operator’s', async () => {
      const { ca } = await createCertificates('localhost')
      const { url, provider, settings } = await startOn({}, { tls: { ca } })
      const asked = async (more: object) => (await ask(url, { settings: { ...settings, ...more }, probe: true })).json
      const refused = expect.arrayContaining([expect.objectContaining({ port: provider.ports[587], code: 'certificate-untrusted' })]) as unknown
      expect(await asked({})).toMatchObject({ ok: false, ports: refused })
      expect(await asked({ tls: { ca: provider.ca } })).toMatchObject({ ok: true })
    })

    it('does not log in unless asked to', async () => {
      const { url, provider, settings } = await startOn({})
      await ask(url, { settings, probe: true })
      await ask(url, { settings, login: true })
      expect(provider.logins).toEqual([])
    })

    it('logs in once, on the port it recommends', async () => {
      const { url, provider, settings, ports } = await startOn({ 587: 'auth-rejected' })
      const { json } = await ask(url, { settings, probe: true, login: true })
      expect(json).toMatchObject({ ok: false, recommended: { port: ports[587] } })
      expect(json.ports).toContainEqual({ port: ports[587], security: 'starttls', ok: false, code: 'auth-rejected' })
      expect(provider.logins).toEqual([expect.objectContaining({ port: 587, ok: false, secure: true })])
    })

    it('says yes to a login that is accepted', async () => {
      const { url, settings } = await startOn({})
      expect((await ask(url, { settings, probe: true, login: true })).json).toMatchObject({ ok: true })
    })

    it('speaks the reader’s language', async () => {
      const { url } = await startOn({})
      const german = await ask(url, { settings: { host: 'smtp.example.com' } }, { 'accept-language': 'de-CH, en;q=0.5' })
      expect(german.headers.get('content-language')).toBe('de')
      expect(german.text).toContain('Anmeldung')
      expect((await ask(url, '{', { 'accept-language': 'de' })).json.title).toContain('JSON sein')
      expect((await ask(url, { settings: { host: 'smtp.example.com' } }, { 'accept-language': 'fr' })).text).toContain('login')
    })

    it.each<Fault>(['auth-echo', 'bad-banner', 'http-banner', 'greeting-rejected', 'auth-rejected'])(
      'repeats nothing of what was sent or answered: %s',
      async (fault) => {
        const { url, settings } = await startOn({ 587: fault, 2525: fault, 465: fault })
        const sent = { ...settings, security: 'none', port: 2525, clientName: 'echo.example.com' }
        const { text } = await ask(url, { settings: sent, probe: true, login: true })
        for (const word of [settings.auth.user, settings.auth.pass, settings.host, 'echo', 'SSH', 'HTTP/1']) {
          expect(text).not.toContain(word)
        }
        // A reply code, that is, not a part of some port's number.
        expect(text).not.toMatch(/\b(?:400|535|554)\b/)
      },
    )

    it('connects to nothing that the operator has not opened', async () => {
      const { url, provider, settings, ports } = await startOn({}, { allow: [] })
      expect((await ask(url, { settings, probe: true, login: true })).json).toEqual({
        ok: false,
        findings: expect.anything(),
        ports: [587, 2525, 465].map((port) => expect.objectContaining({ port: ports[port as 587], ok: false, code: 'target-forbidden' })),
        recommended: null,
      })
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it('tries no port beyond those of mail', async () => {
      const { url, provider, settings, ports } = await startOn({})
      const { json } = await ask(url, { settings: { ...settings, port: ports[25] }, probe: true })
      expect(json.ports).toContainEqual({ port: ports[25], security: 'starttls', ok: false, code: 'target-forbidden' })
      expect(provider.connections[25]).toBe(0)
    })
  })

  describe(`${name}: the settings check refuses, and always in the same shape`, () => {
    it.each(refusedBodies)('%s', async (_, body, status, code) => {
      const { url, provider } = await startOn({})
      const answer = await ask(url, body)
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      const title = expect.stringMatching(/\w/) as unknown
      expect(answer.json).toEqual({ type: `urn:postern:problem:${code}`, title, status, code })
      expect(answer.text).not.toContain('echo')
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it.each(otherPaths)('what is no JSON, or who may not ask, at %s', async (path) => {
      const { url } = await startOn({}, { authorize: (header) => header('x-token') === 'right' })
      const post = (token: string, body: string) =>
        postRaw(url, path, { 'content-type': 'application/json', 'x-token': token }, body)
      const answers = [await post('wrong', '{"settings": echo'), await post('right', '{"settings": echo')]
      // Where it is no path of ours, it is the framework's to answer.
      const isOurs = (await post('right', '{}')).status === 422
      const ours = answers.filter(({ text }) => text.includes('urn:postern:problem:'))
      expect(ours.map(({ status }) => status)).toEqual(isOurs ? [403, 400] : [])
      expect(ours.filter(({ text }) => text.includes('echo'))).toEqual([])
    })

    it.each(deepBodies)('a deep nest as %s', async (_, body) => {
      const { url, provider } = await startOn({})
      const { status, json, text } = await ask(url, body)
      expect(status === 422 || (status === 200 && json.ok === false)).toBe(true)
      expect(text).not.toContain('echo')
      expect(provider.connections).toEqual({ 25: 0, 465: 0, 587: 0, 2525: 0 })
    })

    it.each([
      ['a form', 'application/x-www-form-urlencoded'],
      ['plain text', 'text/plain'],
      ['no type at all', ''],
    ])('%s', async (_, type) => {
      const { url } = await startOn({})
      const { status, json } = await ask(url, { settings: { host: 'smtp.example.com' } }, { 'content-type': type })
      expect([status, json.code]).toEqual([415, 'wrong-media-type'])
    })

    it('a body that is compressed', async () => {
      const { url } = await startOn({})
      expect((await ask(url, '{}', { 'content-encoding': 'gzip' })).json.code).toBe('wrong-media-type')
    })

    it.each([
      ['is refused', () => false],
      ['meets an error', () => Promise.reject(new Error('the directory is down'))],
      ['meets something like a yes', () => 1 as unknown as boolean],
    ])('who %s', async (_, authorize) => {
      const { url } = await startOn({}, { authorize })
      const { status, json } = await ask(url, { settings: { host: 'smtp.example.com' } })
      expect([status, json.code]).toEqual([403, 'not-allowed'])
    })

    it.each(['GET', 'PUT', 'DELETE'])('the method %s', async (method) => {
      const { url } = await startOn({})
      const response = await fetch(`${url}/settings/check`, { method })
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
      expect(await response.json()).toMatchObject({ code: 'method-not-allowed' })
    })

    it('who has had enough of them for now', async () => {
      const { url } = await startOn({}, { rate: { checks: 2, per: 60_000 } })
      const asked = () => ask(url, { settings: { host: 'smtp.example.com' } })
      expect([(await asked()).status, (await asked()).status]).toEqual([200, 200])
      const third = await asked()
      expect([third.status, third.json.code]).toEqual([429, 'too-many-requests'])
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
    })

    it('more live checks than may be under way, and takes new ones when those are over', async () => {
      const { url, provider, settings } = await startOn({ 587: 'silent', 2525: 'silent', 465: 'silent' }, { concurrency: 1 })
      const gone = new AbortController()
      const first = fetch(`${url}/settings/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ settings, probe: true }),
        signal: gone.signal,
      })
      await vi.waitFor(() => expect(provider.connections[587]).toBe(1))
      const second = await ask(url, { settings, probe: true })
      expect([second.status, second.json.code, second.headers.get('retry-after')]).toEqual([503, 'busy', '1'])
      gone.abort()
      await expect(first).rejects.toThrow('abort')
      for (const port of [587, 2525, 465]) await provider.heal(port)
      await vi.waitFor(async () => expect((await ask(url, { settings, probe: true })).json.ok).toBe(true))
    })
  })
}

/** One byte to a piece, in the middle of a letter too. */
function bytewise(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of chunk) controller.enqueue(Uint8Array.of(byte))
    },
  })
}
