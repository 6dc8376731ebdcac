import { type Provider, startProvider } from '@postern/testing'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'

describe.each(modes)('contents, $mode', ({ pool }) => {
  let provider: Provider
  let sent = 0
  beforeAll(async () => {
    provider = await startProvider()
  })
  afterAll(() => provider.close())
  beforeEach(async () => {
    await Promise.all([provider.heal(587), provider.heal(2525), provider.heal(465)])
    sent = provider.messages.length
  })
  const arrived = () => provider.messages.slice(sent)
  const fixed = { ...letter, date: new Date(0), messageId: '<one@example.net>', textEncoding: 'base64' } as const
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256))

  it.each([
    ['an attachment', { ...letter, attachments: [{ filename: 'a.txt', content: stream() }] }],
    ['the text', { ...letter, text: stream() }],
    ['an alternative', { ...letter, alternatives: [{ contentType: 'text/x', content: stream() }] }],
    ['the whole message', { envelope: { from: letter.from, to: letter.to }, raw: stream() }],
  ])('sends %s from a stream', async (_, message) => {
    await mailerFor(provider.settings, { pool }).sendMail(message)
    expect(arrived()).toHaveLength(1)
    expect(arrived()[0]!.raw).toMatch(/once only|b25jZSBvbmx5/)
  })

  it.each([
    ['an attachment', () => ({ ...letter, attachments: [{ filename: 'a.txt', content: stream() }] })],
    ['the text', () => ({ ...letter, text: stream() })],
    ['a part of a part', () => ({ ...letter, html: '<img src="cid:a">', attachments: [{ cid: 'a', content: stream() }] })],
    ['the whole message', () => ({ envelope: { from: letter.from, to: letter.to }, raw: stream() })],
  ])('sends %s over the next port if the connection is lost at MAIL, because nothing of it was sent', async (_, message) => {
    await provider.fault(587, 'drops-at-mail')
    const mailer = mailerFor(provider.settings, { pool })
    await mailer.sendMail(message())
    expect(arrived()).toMatchObject([{ port: 2525, raw: expect.stringMatching(/once only|b25jZSBvbmx5/) }])
    expect(mailer.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'connection-lost' } })
  })

  it('does not send a partial stream if the connection is lost during it, and reports it as retryable', async () => {
    await provider.fault(587, 'drops-in-body')
    const mailer = mailerFor(provider.settings, { pool })
    const error = await failureOf(mailer.sendMail(withLongStream()))
    expect(error).toMatchObject({ code: 'connection-lost', stage: 'data', delivery: 'not-accepted', retryable: true })
    expect(error.attempts.map(({ endpoint }) => endpoint.port)).toEqual([provider.ports[587]])
    expect(arrived()).toEqual([])
    expect(mailer.state().rungs[0]).toMatchObject({ status: 'down', failure: { code: 'connection-lost' } })
  })

  it('starts a stream on a port that is not known to fail', async () => {
    await provider.fault(587, 'drops-in-body')
    const mailer = mailerFor(provider.settings, { pool })
    await failureOf(mailer.sendMail(withLongStream()))
    await mailer.sendMail(withLongStream())
    expect(arrived()).toMatchObject([{ port: 2525 }])
    expect(mailer.endpoint).toMatchObject({ port: provider.ports[2525] })
  })

  it('tries a failed port with a stream if no other opens', async () => {
    await provider.fault(587, 'drops-in-body')
    const mailer = mailerFor(provider.settings, { pool })
    await failureOf(mailer.sendMail(withLongStream()))
    await Promise.all([provider.fault(2525, 'refuse'), provider.fault(465, 'refuse'), provider.heal(587)])
    await mailer.sendMail(withLongStream())
    expect(arrived()).toMatchObject([{ port: 587 }])
  })

  it('reports every port if none opens for a stream', async () => {
    await provider.fault(587, 'drops-in-body')
    const mailer = mailerFor(provider.settings, { pool })
    const exhausted: unknown[] = []
    mailer.on('exhausted', (error) => exhausted.push(error))
    await failureOf(mailer.sendMail(withLongStream()))
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'refuse')
    const error = await failureOf(mailer.sendMail(withLongStream()))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', retryable: true })
    expect(new Set(error.attempts.map(({ endpoint }) => endpoint.port))).toEqual(new Set([587, 2525, 465].map((port) => provider.ports[port as 587])))
    expect(exhausted).toHaveLength(1)
  })

  it.each(['refuse', 'no-starttls', 'auth-not-offered', 'auth-drops'] as const)('keeps a stream usable after the fault %s, before the message starts', async (fault) => {
    await provider.fault(587, fault)
    await mailerFor(provider.settings, { pool }).sendMail({ ...letter, attachments: [{ filename: 'a.txt', content: stream() }] })
    expect(arrived()).toMatchObject([{ port: 2525 }])
    expect(arrived()[0]!.raw).toContain(Buffer.from('once only').toString('base64'))
  })

  it('sends buffers, files, URLs and texts byte by byte after a fallback', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'postern-'))
    const web = createServer((_, response) => void response.end(bytes)).listen(0, '127.0.0.1')
    await once(web, 'listening')
    try {
      const href = `http://127.0.0.1:${(web.address() as AddressInfo).port}/data.bin`
      const path = join(folder, 'data.bin')
      await writeFile(path, bytes)
      const message = {
        ...fixed,
        html: '<p>Grüße</p>',
        attachments: [
          { filename: 'buffer.bin', content: bytes },
          { filename: 'file.bin', path },
          { filename: 'url.bin', href },
          { filename: 'text.txt', content: 'ein Satz\n.\nnoch einer' },
        ],
      }
      await mailerFor(provider.settings, { pool }).sendMail(message)
      await provider.fault(587, 'drops-at-mail')
      await mailerFor(provider.settings, { pool }).sendMail(message)
    } finally {
      web.close()
      web.closeAllConnections()
      await rm(folder, { recursive: true })
    }
    expect(arrived().map(({ port }) => port)).toEqual([587, 2525])
    const [straight, detour] = arrived().map(({ raw }) => raw.replace(/--_NmP-[0-9a-f]+/g, '--_NmP-').replace(/_NmP-[0-9a-f]+/g, '_NmP-'))
    expect(detour).toBe(straight)
    expect(straight!.replace(/\s/g, '').split(bytes.toString('base64'))).toHaveLength(4)
  })

  it('signs a message that has changed its port with DKIM', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const dkim = { domainName: 'example.net', keySelector: 'a', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
    await provider.fault(587, 'drops-at-mail')
    await mailerFor(provider.settings, { pool, dkim }).sendMail(letter)
    expect(arrived()).toMatchObject([{ port: 2525 }])
    expect(arrived()[0]!.raw).toMatch(/^DKIM-Signature: v=1;[^]*d=example\.net/m)
    expect(arrived()[0]!.raw.match(/DKIM-Signature/g)).toHaveLength(1)
  })
})

/** Longer than what is read ahead, so that it cannot be sent twice. */
function withLongStream() {
  return { ...letter, attachments: [{ filename: 'a.bin', content: Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(50_000, 'x'))) }] }
}

/** Can be read once. */
function stream(): Readable {
  return Readable.from([Buffer.from('once '), Buffer.from('only')])
}
