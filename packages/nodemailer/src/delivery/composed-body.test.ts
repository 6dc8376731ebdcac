import { startProvider, type Provider } from '@postern/testing'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable, Transform } from 'node:stream'
import nodemailer, { type SendMailOptions } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import MimeNode from 'nodemailer/lib/mime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf, Gate, letter, mailerFor, modes } from '../../test/mail.ts'
import { drop, ScriptedServer } from '../../test/scripted-server.ts'
import { ComposedBody } from './composed-body.ts'

const fixed = { ...letter, messageId: '<one@example.net>', date: new Date(0), baseBoundary: 'b' }
const ready = { envelope: { from: letter.from, to: letter.to }, messageId: '<one@example.net>' }
const bytes = Buffer.from(Array.from({ length: 90_000 }, (_, index) => index % 256))

describe('a message', () => {
  let provider: Provider
  let folder: string
  let path: string
  beforeAll(async () => {
    provider = await startProvider()
    folder = await mkdtemp(join(tmpdir(), 'postern-'))
    path = join(folder, 'data.bin')
    await writeFile(path, bytes)
  })
  afterAll(async () => {
    await provider.close()
    await rm(folder, { recursive: true })
  })

  const texts = ['Hello.', 'Hello.\n', 'Hello.\r\n', 'Hello.\r', '', '.', '\n.\n..\n', 'a\rb\nc\r\n.d\r.e', 'Grüße\n.', 'x'.repeat(3_000), '\n.x\r\n'.repeat(20_000)]
  const headers = 'Subject: Hello\r\n\r\n'
  const messages: readonly (readonly [string, () => SendMailOptions])[] = [
    ...texts.map((content) => [`of the text ${JSON.stringify(content.slice(0, 20))}`, () => ({ ...fixed, text: content })] as const),
    ...texts.map((content) => [`that is ready-made, and ends ${JSON.stringify(content.slice(0, 20))}`, () => ({ ...ready, raw: headers + content })] as const),
    ['that is ready-made, and empty', () => ({ ...ready, raw: Buffer.alloc(0) })],
    ['that is ready-made, from a file', () => ({ ...ready, raw: { path } })],
    ['of several parts', () => ({ ...fixed, html: '<p>Grüße</p>', attachments: [{ filename: 'a.bin', content: bytes }, { filename: 'b.bin', path }] })],
    ['with a stream', () => ({ ...fixed, attachments: [{ filename: 'a.bin', content: new PassThrough().end(bytes) }] })],
    ['with line ends of its own', () => ({ ...fixed, text: 'a\r\nb\n\rc', newline: 'unix' })],
    ['in base64', () => ({ ...fixed, text: 'Hello.', textEncoding: 'base64' })],
  ]

  it.each(messages)('%s arrives as sent by nodemailer', async (_, message) => {
    const [before, { host, auth, tls, candidates }] = [provider.messages.length, provider.settings]
    const alone = nodemailer.createTransport({ host, auth, tls, port: candidates[0]!.port, requireTLS: true })
    const theirs = await alone.sendMail(message())
    const ours = await mailerFor(provider.settings).sendMail(message())
    const [expected, arrived] = provider.messages.slice(before).map(({ raw }) => raw)
    expect(arrived).toBe(expected)
    expect(ours.messageSize).toBe(theirs.messageSize)
  })

  it.each([
    ['a transform', (message: Altered) => message.transform(() => capitals())],
    ['a function of the stream', (message: Altered) => message.processFunc((input) => input.pipe(capitals()))],
    ['another stream', (message: Altered) => {
      const create = message.createReadStream.bind(message)
      message.createReadStream = (options) => create(options).pipe(capitals())
    }],
    ['the stream of another class', (message: Altered) => {
      const { prototype } = class extends MimeNode {
        override createReadStream(options: Parameters<MimeNode['createReadStream']>[0]): Readable {
          return super.createReadStream(options).pipe(capitals())
        }
      }
      Object.setPrototypeOf(message, prototype)
    }],
  ])('contains %s from a plug-in in every attempt', async (_, alter) => {
    const before = provider.messages.length
    await provider.fault(587, 'drops-at-mail')
    const mailer = mailerFor(provider.settings)
    mailer.use('stream', (mail, done) => {
      alter(mail.message)
      done()
    })
    await mailer.sendMail({ ...letter, text: 'once only' })
    await provider.heal(587)
    expect(provider.messages.slice(before)).toMatchObject([{ port: 2525, raw: expect.stringContaining('ONCE ONLY') }])
  })
})

it('an unreadable message reports its error, and causes no uncaught error event', async () => {
  const message = new MailComposer({ ...letter, attachments: [{ path: '/nowhere/at/all.pdf' }] }).compile()
  const reading = new ComposedBody(message).open()
  await new Promise<void>((resolve) => (reading.onChange = resolve))
  expect(reading).toMatchObject({ isEnded: false, error: { code: 'ENOENT' } })
})

describe.each(modes)('a message that is aborted while it is read, $mode', ({ pool }) => {
  it('releases its source', async () => {
    const released = new Gate()
    const source = createServer((request: IncomingMessage, response) => {
      response.on('close', released.open.bind(released))
      response.write('x'.repeat(100_000))
    }).listen(0, '127.0.0.1')
    await once(source, 'listening')
    const href = `http://127.0.0.1:${(source.address() as AddressInfo).port}/endless`
    await using server = await ScriptedServer.start({ body: drop })
    const error = await failureOf(mailerFor(server.settings(), { pool }).sendMail({ ...letter, attachments: [{ href }, { href }] }))
    expect(error).toMatchObject({ code: 'no-usable-endpoint', attempts: [{ stage: 'data', failure: { code: 'connection-lost' } }], delivery: 'not-accepted' })
    await released.opened
    source.closeAllConnections()
    source.close()
  })
})

type Altered = Parameters<Parameters<ReturnType<typeof mailerFor>['use']>[1]>[0]['message']

function capitals(): Transform {
  return new Transform({ transform: (chunk: Buffer, _encoding, done) => done(null, chunk.toString('latin1').toUpperCase()) })
}
