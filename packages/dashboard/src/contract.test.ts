import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { describeFailure } from '@postern/core'
import { createTransport } from '@postern/nodemailer'
import { startProvider, type ProviderOptions } from '@postern/testing'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { eventSource } from '../test/event-source.ts'
import { best, failureAt, FakeMailer } from '../test/fake-mailer.ts'
import { ManualClock } from '../../core/test/manual-clock.ts'
import { type Mount, type Mounted, mounts } from '../test/mounts.ts'
import { createDashboard, type DashboardMailer, type DashboardOptions, type DashboardState, type FailureFacts } from './index.ts'

/** The routes that exist, and one that does not. */
const routes = ['', 'state', 'events', 'check', 'test-message', 'app.js', 'app.css', 'nothing'] as const
const admin = { 'x-user': 'admin' }
const isAdmin = (request: Request) => request.headers.get('x-user') === 'admin'

const open: (() => unknown)[] = []
afterEach(async () => {
  // In reverse order, so that apps close before their mailers.
  for (const close of open.splice(0).toReversed()) await close()
})

/** Retries until `check` passes. */
const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 30_000 })

async function provide(options: ProviderOptions = {}) {
  const provider = await startProvider(options)
  const mailer = createTransport(provider.settings, { endpointTimeout: 0, selection: { timing: { attemptDelay: 8_000, preferenceGrace: 200 } } })
  open.push(() => provider.close(), () => mailer.close({ force: true }))
  return { provider, mailer }
}

/** The sentences about the health, each port, and the last failures. */
function sentencesOf({ mailers }: DashboardState): string[] {
  const described = mailers.flatMap((mailer): Partial<FailureFacts>[] => [mailer, ...mailer.gates.flatMap(({ failure }) => failure ?? []), ...mailer.failures])
  return described.flatMap(({ message = '', advice = '' }) => [message, advice])
}

/** The language of a page, by its header and by its markup. */
async function languageOf(response: Response) {
  return [response.headers.get('content-language'), /<html lang="(..)"/.exec(await response.text())?.[1]]
}

describe.each(mounts)('$name', (mount) => {
  async function start(given: Partial<DashboardOptions> = {}, mailers: DashboardMailer | Record<string, DashboardMailer> = new FakeMailer()) {
    const dashboard = createDashboard(mailers, { authorize: isAdmin, checkEvery: Infinity, ...mount.options, ...given })
    const app = await mount.mount(dashboard)
    open.push(() => app.close(), () => dashboard.close())
    const request = (route: string, { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {}) =>
      app.request(`/admin/mail/${route}`, { ...init, headers: { ...admin, ...headers } })
    const post = (route: string, body: unknown, headers: Record<string, string> = {}) =>
      request(route, { method: 'POST', headers: { 'content-type': 'application/json', 'x-postern-dashboard': '1', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
    return { app, dashboard, request, post }
  }

  describe('without authorisation', () => {
    it.each<[what: string, authorize: DashboardOptions['authorize']]>([
      ['false', () => false],
      ['a truthy value', () => 'yes' as never],
      ['an exception', () => { throw new Error('no session: secret-word') }],
      ['a rejection', () => Promise.reject(new Error('no session: secret-word'))],
    ])('every route is 403 and says nothing: %s', async (_, authorize) => {
      const { app, request } = await start({ authorize, testMessage: { from: 'app@example.com' } })
      const answers = [...routes.flatMap((route) => [request(route), request(route, { method: 'POST' })]), app.request('/admin/mail', { headers: admin })]
      for (const answer of await Promise.all(answers)) {
        expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
        const text = await answer.text()
        expect(Object.keys(JSON.parse(text) as object)).toEqual(['type', 'title', 'status', 'code'])
        expect(text).not.toContain('secret-word')
      }
    })

    it('is asked for each request', async () => {
      let isAllowed = true
      const { request } = await start({ authorize: () => isAllowed })
      expect((await request('state')).status).toBe(200)
      isAllowed = false
      expect((await request('state')).status).toBe(403)
    })
  })

  describe('the page', () => {
    it('has a policy that permits its own files alone, with a new nonce each time', async () => {
      const { request } = await start()
      const nonces = new Set<string>()
      for (let round = 0; round < 3; round += 1) {
        const response = await request('')
        const policy = response.headers.get('content-security-policy')!
        const [, nonce] = /script-src 'nonce-([^']{20,})'/.exec(policy)!
        nonces.add(nonce!)
        expect(policy.replaceAll(nonce!, '…')).toBe(
          "default-src 'none'; script-src 'nonce-…'; style-src 'nonce-…'; connect-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        )
        const html = await response.text()
        // The icon of the tab is a data: URL, which is an image.
        const elements = html.match(/<(?:script|style|link)\b(?! rel="icon" href="data:image\/)[^>]*>/g)!
        expect(elements.length).toBeGreaterThan(1)
        for (const element of elements) expect(element).toContain(`nonce="${nonce}"`)
        const markup = html.replace(/(<script type="application\/json"[^>]*>).*?<\/script>/s, '$1').match(/<[^>]+>/g)!
        for (const tag of markup) expect(tag).not.toMatch(/\son\w+=|\sstyle=|javascript:|https?:\/\//)
      }
      expect(nonces.size).toBe(3)
    })

    it('is the same as any other response in what browsers may do with it', async () => {
      const { request } = await start()
      for (const route of ['', 'state', 'events', 'app.js', 'nothing']) {
        const { headers, body } = await request(route)
        await body?.cancel()
        expect({ route, ...Object.fromEntries(['x-content-type-options', 'referrer-policy', 'cross-origin-resource-policy', 'x-frame-options'].map((name) => [name, headers.get(name)])) }).toEqual({
          route,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-resource-policy': 'same-origin',
          'x-frame-options': 'DENY',
        })
        expect(headers.get('content-security-policy')).toContain("default-src 'none'")
        expect(headers.get('cache-control')).toContain(route === 'app.js' ? 'private' : 'no-store')
      }
    })

    it('knows its path, and is found without the slash at its end', async () => {
      const { app, request } = await start()
      expect(await (await request('')).text()).toContain('src="/admin/mail/app.js?v=')
      const response = await app.request('/admin/mail?x=1', { headers: admin, redirect: 'manual' })
      expect([response.status, response.headers.get('location')]).toEqual([308, './mail/?x=1'])
    })

    it('has the path that a proxy gives it', async () => {
      const { request } = await start({ base: '/ops/' })
      expect(await (await request('')).text()).toContain('src="/ops/app.js?v=')
    })

    it('is in the language of the browser, or in a fixed one', async () => {
      const { request } = await start()
      expect(await languageOf(await request('', { headers: { 'accept-language': 'fr-CA, en;q=0.5' } }))).toEqual(['fr', 'fr'])
      const fixed = await start({ locale: 'de' })
      expect(await languageOf(await fixed.request('', { headers: { 'accept-language': 'fr' } }))).toEqual(['de', 'de'])
    })

    it('comes up while the provider is down, and says so', async () => {
      const { mailer } = await provide({ faults: { 587: 'refuse', 2525: 'refuse', 465: 'refuse' } })
      const { request } = await start({ checkEvery: 60_000 }, mailer)
      const response = await request('')
      expect([response.status, (await response.text()).includes('No mail port')]).toEqual([200, true])
      expect(await (await request('state')).json()).toMatchObject({ mailers: [{ status: 'fail', failures: [{ code: 'no-usable-endpoint' }, {}, {}, {}] }] })
    })

    it('shows several mailers, long names and names that mean something in JavaScript', async () => {
      const names = ['default', '__proto__', 'constructor', `<hostile>${'x'.repeat(300)}`]
      const long = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.example.com`
      const { request } = await start({}, Object.fromEntries(names.map((name) => {
        const mailer = new FakeMailer()
        mailer.current = { endpoint: undefined, rungs: [{ endpoint: { host: long, port: 587, security: 'starttls' }, status: 'untried' }] }
        return [name, mailer]
      })))
      const { mailers } = (await (await request('state')).json()) as { mailers: { name: string; host: string }[] }
      expect(mailers.map(({ name, host }) => [name, host])).toEqual(names.map((name) => [name, long]))
      const html = await (await request('')).text()
      expect(html).not.toContain('<hostile')
      expect(html).toContain(long)
    })
  })

  describe('the routes', () => {
    it('are 404 where there is none, and 405 for another method', async () => {
      const { request } = await start()
      for (const route of ['nothing', 'state/', 'state/x', '/state', '__proto__', 'constructor', 'app.js.map', 'test-message']) {
        const response = await request(route)
        expect([route, response.status, ((await response.json()) as { code: string }).code]).toEqual([route, 404, 'not-found'])
      }
      for (const [route, method, allow] of [['', 'POST', 'GET, HEAD'], ['state', 'DELETE', 'GET, HEAD'], ['events', 'POST', 'GET, HEAD'], ['check', 'GET', 'POST'], ['app.js', 'PUT', 'GET, HEAD']] as const) {
        const response = await request(route, { method })
        expect([route, response.status, response.headers.get('allow')]).toEqual([route, 405, allow])
      }
    })

    it('answer HEAD without a body, and open no stream for it', async () => {
      const clock = new ManualClock()
      const { request } = await start({ clock })
      for (const route of ['', 'state', 'events', 'app.css']) {
        const response = await request(route, { method: 'HEAD' })
        expect([route, response.status, await response.text()]).toEqual([route, 200, ''])
      }
      expect(clock.pending.size).toBe(0)
    })

    it('are for the page alone, except the page itself', async () => {
      const { request } = await start()
      for (const [headers, status] of [
        [{ 'sec-fetch-site': 'cross-site' }, 403],
        [{ 'sec-fetch-site': 'same-site' }, 403],
        [{ origin: 'https://evil.example' }, 403],
        [{ origin: 'null' }, 403],
        [{ 'sec-fetch-site': 'same-origin', origin: 'https://seen-by-the-browser.example' }, 200],
        [{}, 200],
      ] as const) {
        for (const route of ['state', 'app.js']) expect([route, headers, (await request(route, { headers })).status]).toEqual([route, headers, status])
        expect((await request('', { headers })).status).toBe(200)
      }
    })

    it('serve the files of the browser, for good with their version', async () => {
      const { request } = await start()
      const html = await (await request('')).text()
      for (const [name, type] of [['app.js', 'text/javascript; charset=utf-8'], ['app.css', 'text/css; charset=utf-8']] as const) {
        const [, version] = new RegExp(`/${name.replace('.', '\\.')}\\?v=([^"]+)"`).exec(html)!
        const fresh = await request(`${name}?v=${version}`)
        expect([fresh.status, fresh.headers.get('content-type'), fresh.headers.get('cache-control')]).toEqual([200, type, 'private, max-age=31536000, immutable'])
        expect((await fresh.text()).length).toBeGreaterThan(100)
        const plain = await request(name)
        expect(plain.headers.get('cache-control')).toBe('private, no-cache')
        const again = await request(name, { headers: { 'if-none-match': plain.headers.get('etag')! } })
        expect([again.status, await again.text()]).toEqual([304, ''])
      }
    })

    it('answer an unexpected error with a problem that has no cause', async () => {
      const mailer = new FakeMailer()
      const errors: unknown[] = []
      const { request } = await start({ onError: (error) => errors.push(error) }, mailer)
      mailer.state = () => { throw new Error('secret-word') }
      const response = await request('state')
      expect([response.status, (await response.text()).includes('secret-word')]).toEqual([500, false])
      await eventually(() => expect(errors).toHaveLength(1))
    })
  })

  describe('the state', () => {
    it('has the events after the given one', async () => {
      const mailer = new FakeMailer()
      const { request } = await start({}, mailer)
      for (let count = 0; count < 3; count += 1) mailer.send()
      const idsAfter = async (after: string) => ((await (await request(`state?after=${after}`)).json()) as { mailers: { events: { id: number }[] }[] }).mailers[0]!.events.map(({ id }) => id)
      const all = await idsAfter('0')
      expect(all).toHaveLength(3)
      expect(await idsAfter(String(all[0]))).toEqual(all.slice(1))
      for (const wrong of ['', 'x', 'NaN', '-1']) expect(await idsAfter(wrong)).toEqual(all)
      for (const later of ['Infinity', '1e300']) expect([later, await idsAfter(later)]).toEqual([later, later === 'Infinity' ? all : []])
    })

    it('is bounded after 10,000 events', async () => {
      const mailer = new FakeMailer()
      const { request } = await start({}, mailer)
      for (let count = 0; count < 10_000; count += 1) mailer.send()
      const state = (await (await request('state')).json()) as { mailers: { sentLastHour: number; events: unknown[] }[] }
      expect([state.mailers[0]!.sentLastHour, state.mailers[0]!.events.length]).toEqual([10_000, 1_000])
      expect((await request('')).status).toBe(200)
    })
  })

  describe('the language', () => {
    it('of failures is that of the page, whatever the language of the mailer', async () => {
      const { mailer } = await provide({ faults: { 587: 'certificate-expired', 2525: 'refuse', 465: 'bad-banner' } })
      const { request } = await start({ clock: new ManualClock() }, mailer)
      await expect(mailer.sendMail({ from: 'app@example.com', to: 'ada@example.com', text: 'Hello' })).rejects.toMatchObject({ delivery: 'not-accepted' })
      const stateIn = async (language: string) => (await (await request('state', { headers: { 'accept-language': language } })).json()) as DashboardState
      const [english, german] = [sentencesOf(await stateIn('en')), sentencesOf(await stateIn('de-AT'))]
      // The health, three ports, and as failures the three, that of the whole ladder, and that of the message.
      expect(english).toHaveLength(2 * (1 + 3 + 5))
      expect(german).toHaveLength(english.length)
      const page = await (await request('', { headers: { 'accept-language': 'de' } })).text()
      const source = eventSource(await request('events?locale=de', { headers: { 'accept-language': 'en' } }))
      const streamed = sentencesOf(await source.state())
      expect(streamed).toEqual(german)
      for (const sentence of english) {
        expect(german).not.toContain(sentence)
        expect(page).not.toContain(sentence)
      }
      await source.cancel()
    })

    it('of a stream is that of its page, while another page has another one', async () => {
      const [clock, mailer] = [new ManualClock(), new FakeMailer()]
      const { request } = await start({ clock }, mailer)
      const languages = ['de', 'en', 'fr'] as const
      const sources = await Promise.all(languages.map(async (language) => eventSource(await request(`events?locale=${language}`))))
      await Promise.all(sources.map((source) => source.state()))
      mailer.send('unknown', failureAt('message', 'reply-timeout'))
      clock.advance(1_000)
      const states = await Promise.all(sources.map((source) => source.state()))
      const messages = languages.map((language) => describeFailure({ code: 'reply-timeout', stage: 'message' }, best, language).message)
      expect(states.map(({ mailers }) => mailers[0]!.failures[0]!.message)).toEqual(messages)
      await Promise.all(sources.map((source) => source.cancel()))
    })

    it('is the fixed one everywhere, if there is one', async () => {
      const mailer = new FakeMailer()
      const { request } = await start({ locale: 'fr', clock: new ManualClock() }, mailer)
      mailer.attempt(failureAt('connect', 'connect-refused'))
      const { message } = describeFailure({ code: 'connect-refused', stage: 'connect' }, best, 'fr')
      const source = eventSource(await request('events?locale=de', { headers: { 'accept-language': 'de' } }))
      for (const state of [await source.state(), await (await request('state?locale=de')).json()]) {
        expect(state).toMatchObject({ mailers: [{ failures: [{ message }] }] })
      }
      expect(await (await request('?locale=de')).text()).toContain(message)
      await source.cancel()
    })

    it('of a test message that fails is that of the page', async () => {
      const { mailer } = await provide({ faults: { 587: 'recipient-rejected' } })
      const { post } = await start({ testMessage: { from: 'app@example.com' } }, mailer)
      const response = await post('test-message', { mailer: 'default', to: 'ada@example.com' }, { 'accept-language': 'de' })
      expect(await response.json()).toMatchObject({ code: 'recipient-rejected', message: expect.stringMatching(/^Der Server/) })
    })
  })

  describe('the stream', () => {
    it('is not buffered, begins with the state and goes on with updates and heartbeats', async () => {
      const [clock, mailer] = [new ManualClock(), new FakeMailer()]
      const { request } = await start({ clock }, mailer)
      mailer.send()
      const response = await request('events?after=0', { headers: { accept: 'text/event-stream' } })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
      expect(response.headers.get('x-accel-buffering')).toBe('no')
      const source = eventSource(response)
      const first = await source.next()
      expect(JSON.parse(first!.data)).toMatchObject({ version: 1, mailers: [{ events: [{ kind: 'send' }] }] })
      mailer.send('unknown', failureAt('message', 'reply-timeout'))
      clock.advance(1_000)
      expect(await source.state()).toMatchObject({ mailers: [{ failedLastDay: 1, events: [{ outcome: 'unknown', code: 'reply-timeout' }] }] })
      clock.advance(10_000)
      expect(await source.next()).toEqual({ event: 'heartbeat', data: '1' })
      await source.cancel()
    })

    it('goes on after the last event that the browser has', async () => {
      const mailer = new FakeMailer()
      const { request } = await start({ clock: new ManualClock() }, mailer)
      for (let count = 0; count < 3; count += 1) mailer.send()
      const one = eventSource(await request('events'))
      const { id } = (await one.next())!
      mailer.send()
      const other = eventSource(await request('events?after=0', { headers: { 'last-event-id': id! } }))
      expect((await other.state()).mailers[0]!.events).toHaveLength(1)
      await Promise.all([one.cancel(), other.cancel()])
    })

    it('frees everything when its tab is closed', async () => {
      const clock = new ManualClock()
      const { request } = await start({ clock })
      const tabs = await Promise.all(Array.from({ length: 5 }, async () => {
        const closing = new AbortController()
        const source = eventSource(await request('events', { signal: closing.signal }))
        await source.next()
        return closing
      }))
      expect(clock.pending.size).toBe(1)
      for (const closing of tabs) closing.abort()
      await eventually(() => expect(clock.pending.size).toBe(0))
    })

    it('is refused beyond the limit, and permitted again', async () => {
      const { request } = await start({ clock: new ManualClock(), maxStreams: 1 })
      const source = eventSource(await request('events'))
      const refused = await request('events')
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
      await source.cancel()
      await eventually(async () => {
        const { status, body } = await request('events')
        await body!.cancel()
        expect(status).toBe(200)
      })
    })

    it('ends with the dashboard', async () => {
      const { request, dashboard } = await start({ clock: new ManualClock() })
      const source = eventSource(await request('events'))
      await source.next()
      dashboard.close()
      expect(await source.next()).toBeUndefined()
    })
  })

  describe('a post', () => {
    const attacks: readonly (readonly [what: string, headers: Record<string, string>, status: number])[] = [
      ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
      ['plain text', { 'content-type': 'text/plain' }, 415],
      ['a type that only begins like JSON', { 'content-type': 'application/jsonp' }, 415],
      ['no header of the page', { 'x-postern-dashboard': '' }, 403],
      ['another value of it', { 'x-postern-dashboard': 'true' }, 403],
      ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
      ['a sibling domain', { 'sec-fetch-site': 'same-site' }, 403],
      ['another site, with an origin that fits', { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1' }, 403],
      ['a foreign origin', { origin: 'https://evil.example' }, 403],
      ['a sandboxed frame', { origin: 'null' }, 403],
      ['an origin that is none', { origin: 'http://' }, 403],
    ]

    it.each(attacks)('is refused from %s', async (_, headers, status) => {
      const mailer = new FakeMailer()
      const { post } = await start({ testMessage: { from: 'app@example.com' } }, mailer)
      for (const route of ['check', 'test-message']) {
        const response = await post(route, { mailer: 'default', to: 'ada@example.com', settings: { host: 'smtp.example.com' } }, headers)
        expect([route, response.status]).toEqual([route, status])
      }
      expect(mailer.messages).toEqual([])
    })

    it('to check settings has findings, and repeats no secret', async () => {
      const { post } = await start()
      const response = await post('check', { settings: { host: 'smtp.example.com', port: 465, 'auth.user': 'ada', 'auth.pass': 'correct-horse-battery' } })
      const text = await response.text()
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(JSON.parse(text)).toMatchObject({ findings: [{ code: 'port-465-legacy' }] })
      expect(text).not.toContain('correct-horse-battery')
    })

    it('to check settings connects to no address of this machine', async () => {
      const { provider } = await provide()
      const { post } = await start()
      const response = await post('check', { settings: { host: '127.0.0.1', port: provider.ports[587] }, probe: true })
      expect(await response.json()).toMatchObject({ ok: false })
      expect(Object.values(provider.connections).every((count) => count === 0)).toBe(true)
    })

    it('is limited in its rate, for each caller', async () => {
      const { post } = await start({ settingsCheck: { rate: { checks: 1 } }, caller: (request) => request.headers.get('x-tab') ?? '' })
      const statusOf = async (tab: string) => (await post('check', { settings: { host: 'smtp.example.com' } }, { 'x-tab': tab })).status
      expect([await statusOf('1'), await statusOf('1'), await statusOf('2')]).toEqual([200, 429, 200])
    })
  })

  describe('the test message', () => {
    it('is sent, and answered with its outcome', async () => {
      const { provider, mailer } = await provide()
      const { post, request } = await start({ testMessage: { from: `App <${provider.auth.user}>` } }, { one: mailer, other: new FakeMailer() })
      const response = await post('test-message', { mailer: 'one', to: 'ada@example.com' }, { 'accept-language': 'de' })
      expect([response.status, await response.json()]).toEqual([200, { outcome: 'accepted', port: provider.ports[587] }])
      expect(provider.messages).toMatchObject([{ subject: 'Testnachricht' }])
      expect(await (await request('state')).json()).toMatchObject({ mailers: [{ sentLastHour: 1 }, { sentLastHour: 0 }] })
    })

    it.each([
      ['recipient-rejected', 'not-accepted', 'recipient-rejected'],
      ['drops-after-body', 'unknown', 'connection-lost'],
    ] as const)('tells why it was not accepted: %s', async (fault, outcome, code) => {
      const { provider, mailer } = await provide({ faults: { 587: fault } })
      const { post } = await start({ testMessage: { from: provider.auth.user } }, mailer)
      const response = await post('test-message', { mailer: 'default', to: 'ada@example.com' })
      expect(await response.json()).toEqual({ outcome, code, port: provider.ports[587], message: expect.any(String), advice: expect.any(String) })
    })

    it.each([
      {},
      [],
      { mailer: 'default' },
      { mailer: 'other', to: 'ada@example.com' },
      { mailer: '__proto__', to: 'ada@example.com' },
      { mailer: 'default', to: 'ada@example.com, eve@example.com' },
      { mailer: 'default', to: 'ada@example.com,eve@example.com' },
      { mailer: 'default', to: 'ada@example.com\r\nBcc: eve@example.com' },
      { mailer: 'default', to: 'Friends: ada@example.com;' },
      { mailer: 'default', to: ['ada@example.com'] },
      { mailer: 'default', to: '' },
    ])('needs one mailer and one address: %j', async (body) => {
      const mailer = new FakeMailer()
      const { post } = await start({ testMessage: { from: 'app@example.com' } }, mailer)
      const response = await post('test-message', body)
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([422, 'wrong-message'])
      expect(mailer.messages).toEqual([])
    })

    it('goes to the fixed recipient alone, if there is one', async () => {
      const { provider, mailer } = await provide()
      const { post } = await start({ testMessage: { from: provider.auth.user, to: 'ops@example.com' } }, mailer)
      expect((await post('test-message', { mailer: 'default', to: 'eve@example.com' })).status).toBe(422)
      expect((await post('test-message', { mailer: 'default' })).status).toBe(200)
      expect(provider.messages.map(({ to }) => to)).toEqual([['ops@example.com']])
    })

    it('is limited in its rate', async () => {
      const mailer = new FakeMailer()
      const { post } = await start({ testMessage: { from: 'app@example.com', rate: { checks: 1 } } }, mailer)
      const statusOf = async () => (await post('test-message', { mailer: 'default', to: 'ada@example.com' })).status
      expect([await statusOf(), await statusOf()]).toEqual([200, 429])
      expect(mailer.messages).toHaveLength(1)
    })
  })

  it('has no posts and no form if it is read-only', async () => {
    const { post, request } = await start({ readOnly: true, testMessage: { from: 'app@example.com', to: 'ops@example.com' } })
    for (const route of ['check', 'test-message']) expect((await post(route, {})).status).toBe(404)
    const html = await (await request('')).text()
    expect(html).not.toContain('<form')
    expect(html).not.toContain('@example.com')
  })

  it('contains no secret, also if a server repeats it', async () => {
    const { provider, mailer } = await provide({ users: { 'ada@example.net': 'correct-horse' }, faults: { 587: 'auth-echo', 2525: 'auth-echo', 465: 'auth-echo' } })
    const { request, post } = await start({ testMessage: { from: 'app@example.com' }, checkEvery: 60_000 }, mailer)
    const source = eventSource(await request('events'))
    const texts = [
      await (await request('')).text(),
      await (await post('test-message', { mailer: 'default', to: 'bob@example.org' })).text(),
      await (await request('')).text(),
      await (await request('state')).text(),
      JSON.stringify(await source.next()),
    ]
    await source.cancel()
    expect(texts[3]).toContain('auth-rejected')
    for (const text of texts) {
      for (const secret of ['correct-horse', Buffer.from('correct-horse').toString('base64'), Buffer.from('\0ada@example.net\0correct-horse').toString('base64')]) expect(text).not.toContain(secret)
    }
    expect(texts[3]).not.toContain('bob@example.org')
    expect(provider.logins.length).toBeGreaterThan(0)
  })
})

const servers = mounts.filter(({ name }) => name !== 'a web-standard handler')

describe.each(servers)('raw requests: $name', ({ mount, options }: Mount) => {
  it('are answered without an error, whatever their method and target', async () => {
    const errors: unknown[] = []
    const dashboard = createDashboard(new FakeMailer(), { authorize: () => true, checkEvery: Infinity, onError: (error) => errors.push(error), ...options })
    const app = await mount(dashboard)
    onTestFinished(async () => {
      dashboard.close()
      await app.close()
    })
    const { hostname, port } = new URL(app.url!)
    const statusOf = async (method: string, path: string, headers: Record<string, string> = {}) => {
      const [response] = (await once(request({ hostname, port, method, path, headers, agent: false }).end(), 'response')) as [IncomingMessage]
      response.resume()
      return response.statusCode!
    }
    for (const method of ['TRACE', 'OPTIONS', 'PATCH', 'PROPFIND']) expect([method, await statusOf(method, '/admin/mail/state')]).toEqual([method, expect.toBeOneOf([404, 405])])
    for (const path of ['/admin/mail/%', '/admin/mail/%00', '/admin/mail//evil.example/', '/admin/mail/?=%&&', 'http://evil.example/admin/mail/state', `/admin/mail/${'x'.repeat(4_000)}`]) {
      expect([path, await statusOf('GET', path)]).toEqual([path, expect.toBeOneOf([200, 400, 404])])
    }
    expect(await statusOf('GET', '/admin/mail/state', { host: '[not a host' })).toBeOneOf([200, 400])
    expect(errors).toEqual([])
  })
})

describe.each(servers)('a client that reads nothing: $name', ({ mount, options }: Mount) => {
  it('holds one text in memory, and is disconnected after three heartbeats', async () => {
    const [clock, mailer] = [new ManualClock(), new FakeMailer()]
    const dashboard = createDashboard(mailer, { authorize: () => true, checkEvery: Infinity, clock, ...options })
    const app: Mounted = await mount(dashboard)
    onTestFinished(async () => {
      dashboard.close()
      await app.close()
    })
    const { hostname, port } = new URL(app.url!)
    const socket = connect({ host: hostname, port: Number(port) }).on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.pause()
    socket.write('GET /admin/mail/events HTTP/1.1\r\nHost: x\r\n\r\n')
    await eventually(() => expect(clock.pending.size).toBeGreaterThan(0))
    // Until the buffers of the operating system are full, the client takes everything.
    let reads = -1
    for (let second = 0; second < 3_000 && reads !== mailer.reads; second += 1) {
      reads = mailer.reads
      for (let count = 0; count < 1_000; count += 1) mailer.send('unknown', failureAt('message', 'reply-timeout'))
      clock.advance(1_000)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      // To compare, and for the text, as long as there is room for it.
      if (mailer.reads - reads < 2) break
    }
    for (let beat = 0; beat < 4; beat += 1) {
      clock.advance(10_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await eventually(() => expect(clock.pending.size).toBe(0))
    socket.resume()
    await once(socket, 'close')
  })
})
