import { generateKeyPairSync } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { SoakMessage } from './soak-ledger.ts'
import { drawMessages } from './soak-messages.ts'
import { bothModes, type Scene } from './soak-scene.ts'
import { stayedOn587 } from './soak-slow-replies.ts'
import { REPLY_BUDGET, patientTimeouts } from './soak-timing.ts'

/** Milliseconds the server may take to receive a block. The bodies below take longer to produce one. */
const BLOCK_WAIT = 500

const keys = generateKeyPairSync('rsa', { modulusLength: 1024, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })

/** How the body of a message is provided. */
const kinds: Readonly<Record<string, (draw: Random) => Partial<SoakMessage>>> = {
  'a body in memory': () => ({}),
  'an attachment that begins late': (draw) => slowly(draw, [REPLY_BUDGET * 1.4, 0, 0]),
  'an attachment that comes in pieces': (draw) => slowly(draw, [0, BLOCK_WAIT * 1.2, BLOCK_WAIT * 1.2]),
  'a signature over a slow attachment': (draw) => ({ ...slowly(draw, [REPLY_BUDGET, 200, 200]), dkim: signer }),
}

const signer = { domainName: 'example.net', keySelector: 'soak', privateKey: keys.privateKey }

/** Slow attachments, signatures and plug-ins: the app's time does not count against the server. */
export const slowBodies: Scene = {
  modes: bothModes,
  share: 0.04,
  async play({ draw, provider, ledger, messages, open, met }) {
    const timeouts = { data: BLOCK_WAIT, block: BLOCK_WAIT }
    const mailer = open({ ...patientTimeouts, timeouts })
    const fallbacks: unknown[] = []
    mailer.on('fallback', (change) => fallbacks.push(change))
    mailer.use('stream', (mail, done) => {
      if (draw.next() < 0.2) mail.message.transform(keepsBack)
      done()
    })
    const names = Object.keys(kinds)
    const all = drawMessages(draw, messages).map((message, index) => {
      const name = names[index % names.length]!
      met(name)
      return Object.assign(message, kinds[name]!(draw))
    })
    await ledger.sendAll(mailer, all, { atOnce: 20 })
    stayedOn587(provider, ledger)
    if (fallbacks.length > 0) ledger.note('a slow body made the transporter fall back to another port')
  },
}

/** An attachment in pieces, each after one of these pauses. It can be read once. */
function slowly(draw: Random, pauses: readonly number[]): Partial<SoakMessage> {
  const size = 1 + draw.below(30_000)
  async function* pieces() {
    for (const ms of pauses) {
      await pause(ms)
      yield Buffer.alloc(size, 'x')
    }
  }
  return { attachments: [{ filename: 'slow.bin', content: Readable.from(pieces()) }] }
}

/** A plug-in that buffers the whole message first. */
function keepsBack(): Transform {
  const chunks: Buffer[] = []
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
    flush(done) {
      setTimeout(() => done(null, Buffer.concat(chunks)), BLOCK_WAIT * 1.2)
    },
  })
}
