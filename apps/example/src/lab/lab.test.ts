import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { setUpMail } from '../mail.ts'
import { html } from './html.ts'
import { labFor } from './lab.ts'
import type { SceneReport } from './play-scene.ts'
import { labRoutes } from './routes.ts'
import { scenes } from './scenes.ts'

// Scenes wait for background checks and for a limit to be lifted.
vi.setConfig({ testTimeout: 60_000 })

let url: string
let close: () => Promise<void>
let provider: NonNullable<Awaited<ReturnType<typeof setUpMail>>['embedded']>['provider']

beforeAll(async () => {
  const mail = await setUpMail({ own: undefined, locale: 'en' })
  const mailer = createTransport(mail.settings, mail.transport)
  const routes = labRoutes({ mailer, lab: labFor(mail, mailer), dashboard: '/mail/' })
  const server = createServer((request, response) => routes(request, response, () => response.writeHead(404).end('next')))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ;({ provider } = mail.embedded!)
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    server.close()
    server.closeAllConnections()
    mailer.close({ force: true })
    await mail.close()
  }
})

afterAll(() => close())

const headers = { 'content-type': 'application/json', 'x-postern-lab': '1' }

function post(action: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/lab/${action}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) })
}

async function play(id: string): Promise<SceneReport> {
  const { report } = (await (await post('scene', { id })).json()) as { report: SceneReport }
  return report
}

describe('the tour', () => {
  it('has eight scenes, which show all six promises', () => {
    expect(scenes).toHaveLength(8)
    expect(new Set(scenes.flatMap(({ promises }) => promises))).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  })

  it.each(scenes)('has "$title" in the README', ({ title }) => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`| ${title} |`)
  })

  it.each(scenes)('shows that the promises are kept: $title', async ({ id, claims }) => {
    const result = await play(id)
    expect(result.claims).toEqual(claims.map(({ text }) => ({ text, ok: true })))
    expect(result.happened.join(' ')).not.toMatch(/undefined|no port/)
  })

  it('plays a scene again with the same result, whatever was switched on before', async () => {
    await post('fault', { port: 587, fault: 'auth-rejected' })
    await post('limit', { limit: 'rate', on: true })
    await post('send', { count: 1 })
    expect(await play('after-dot')).toMatchObject({ ok: true, evidence: { inbox: 1 } })
    expect(await play('after-dot')).toMatchObject({ ok: true, evidence: { inbox: 1 } })
  })

  it('heals the provider afterwards', async () => {
    await play('stripped')
    const { ports } = (await (await fetch(`${url}/lab/live`)).json()) as { ports: string[] }
    expect(ports.join()).not.toContain('aria-pressed="true"')
  })

  it('refuses other actions while a scene is played', async () => {
    const playing = play('recovers')
    await provider.waitForMessages(provider.messages.length + 2)
    const refused = await post('heal', {})
    expect([refused.status, await refused.json()]).toEqual([409, expect.objectContaining({ title: expect.stringContaining('is being played') })])
    await playing
  })
})

describe('the switches', () => {
  it('send, break and heal, and say so in a sentence', async () => {
    expect(await (await post('fault', { port: 465, fault: 'certificate-expired' })).json()).toEqual({ message: '465: certificate expired. The port shows a certificate that expired yesterday.' })
    expect(await (await post('limit', { limit: 'connections', on: true })).json()).toEqual({ message: 'Too many connections: the provider answers 421 to a third connection.' })
    expect(await (await post('heal', {})).json()).toEqual({ message: 'Every port works.' })
  })

  it.each([
    ['a port that does not exist', 'fault', { port: 25, fault: 'silent' }, 422],
    ['a fault that the lab does not offer', 'fault', { port: 587, fault: 'greeting-flood' }, 422],
    ['a fault that the port cannot have', 'fault', { port: 465, fault: 'no-starttls' }, 422],
    ['another number of mails', 'send', { count: 1_000_000 }, 422],
    ['a scene that does not exist', 'scene', { id: 'constructor' }, 404],
    ['an action that does not exist', 'toString', {}, 404],
    ['a body that is no object', 'heal', 'text', 400],
    ['a long body', 'heal', { text: 'x'.repeat(2000) }, 413],
  ])('refuse %s', async (_, action, body, status) => {
    const response = await post(action, body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ status, title: expect.stringMatching(/\.$/) })
  })

  it.each([
    ['without its header', { 'x-postern-lab': '' }, 403],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from another port of this host', { 'sec-fetch-site': 'same-site' }, 403],
    ['as a form could post it', { 'content-type': 'text/plain' }, 415],
  ])('refuse an action %s', async (_, more, status) => {
    expect((await post('heal', {}, more)).status).toBe(status)
  })

  it('refuse GET', async () => {
    expect((await fetch(`${url}/lab/heal`)).status).toBe(405)
  })
})

describe('the page', () => {
  it('has the ports, the scenes and the inbox without its script', async () => {
    await post('heal', {})
    await post('send', { count: 1 })
    const page = await (await fetch(url)).text()
    for (const part of ['id="port-587"', 'id="port-2525"', 'id="port-465"', 'id="limits"', 'Mail 1 of 1']) expect(page).toContain(part)
    for (const { title } of scenes) expect(page).toContain(title)
  })

  it('allows its own script and style only, with a nonce for each response', async () => {
    const policies = await Promise.all([fetch(url), fetch(url)].map(async (response) => (await response).headers.get('content-security-policy')))
    expect(policies[0]).toMatch(/^default-src 'none'; script-src 'nonce-[^']+'; style-src 'nonce-/)
    expect(policies[0]).not.toBe(policies[1])
  })

  it('escapes texts', () => {
    expect(html`<b title="${'"\'<&>'}">${'<script>'}</b>`.text).toBe('<b title="&#34;&#39;&#60;&#38;&#62;">&#60;script&#62;</b>')
  })

  it('passes other paths on', async () => {
    expect(await (await fetch(`${url}/health/live`)).text()).toBe('next')
  })
})
