import { letter } from './outcome.ts'
import { bothModes, type Scene } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'

/** Bytes: far more than socket buffers hold, so that most of the message is unsent when the connection is cut at its start. */
const SIZE = 10_000_000

/** The first port cuts every connection in the body of a large message that can be read again. */
export const largeBodies: Scene = {
  modes: bothModes,
  share: 0.01,
  async play({ ports, provider, ledger, messages, open }) {
    await ports.fault(587, 'drops-in-body')
    const content = Buffer.alloc(SIZE, 'x')
    const all = Array.from({ length: Math.min(messages, 8) }, (_, index) => ({
      ...letter,
      subject: `Large ${index}`,
      attachments: [{ filename: 'large.bin', content }],
    }))
    await ledger.sendAll(open({ ...patientTimeouts, maxConnections: 2 }), all, { atOnce: 2 })
    const cut = provider.messages.filter(({ port }) => port === 587).length
    if (cut > 0) ledger.note(`${cut} messages came over the port that cuts them: the scene did not take place`)
  },
}
