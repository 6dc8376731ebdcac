import { parseArgs } from 'node:util'
import { besideAPatientOne, failover } from './failover.ts'
import { attachments } from './fresh/attachments.ts'
import { blocked } from './fresh/blocked.ts'
import { firstMail as firstMailFresh } from './fresh/first-mail.ts'
import { latency } from './fresh/latency.ts'
import type { Extent } from './fresh/lines.ts'
import { rate } from './fresh/rate.ts'
import { transports } from './fresh/transports.ts'
import { healthRoute, healthRouteWhileProviderHangs } from './health.ts'
import { queuedMemory } from './memory.ts'
import { onEmbedded, onPostfix, plain } from './places.ts'
import { type PostfixServer, startPostfix } from './postfix/index.ts'
import { probes } from './probes.ts'
import { burst, firstMail } from './sending.ts'
import { importing } from './start-up.ts'
import { render, type Row } from './table.ts'

/** A part of the bench. Those on Postfix need root. */
type Section = { readonly run: (extent: Extent) => Promise<Row[]> } | { readonly onPostfix: (postfix: PostfixServer) => Promise<Row[]> }

const sections: Readonly<Record<string, Section>> = {
  'first-mail': { run: firstMailFresh },
  rate: { run: rate },
  latency: { run: latency },
  attachments: { run: attachments },
  blocked: { run: blocked },
  transports: { run: transports },
  import: { run: async () => [await importing()] },
  probe: { onPostfix: probes },
  send: { onPostfix: async (postfix) => [...(await firstMail(onPostfix(postfix))), ...(await onEmbedded(firstMail)), ...(await bursts(postfix)), ...(await queuedMemory())] },
  failover: { onPostfix: failover },
  timeouts: { onPostfix: async (postfix) => [await besideAPatientOne(postfix)] },
  health: { run: async () => [await healthRoute(), await healthRouteWhileProviderHangs()] },
}

const { only, rounds, peers } = parseArgs({ options: { only: { type: 'string' }, rounds: { type: 'string' }, peers: { type: 'string' } } }).values
const chosen = only?.split(',') ?? Object.keys(sections)
const unknown = chosen.find((name) => !(name in sections))
if (unknown !== undefined) throw new Error(`There is no section ${unknown}: take some of ${Object.keys(sections).join(', ')}.`)
const extent: Extent = { rounds: rounds === undefined ? undefined : Number(rounds), peers: (peers?.split(',') ?? ['nodemailer', 'upyo']) as Extent['peers'] }

let postfix: PostfixServer | undefined
try {
  const rows: Row[] = []
  for (const name of chosen) {
    const section = sections[name]!
    const found = await ('run' in section ? section.run(extent) : section.onPostfix((postfix ??= await startPostfix())))
    console.log(`${name}\n${render(found)}`)
    rows.push(...found)
  }
  console.log(`Node ${process.version}. Medians; first mail: a new transport, connection, TLS, login and message each time.`)
  if (rows.some(({ met }) => met === false)) process.exitCode = 1
} finally {
  await postfix?.close()
}

async function bursts(postfix: PostfixServer): Promise<Row[]> {
  return [
    ...(await burst(onPostfix(postfix), { rounds: 9, warmUp: 2 })),
    ...(await onEmbedded(async (place) => [
      ...(await burst(place, { rounds: 45, warmUp: 20 })),
      ...(await burst(place, { count: 2_000, rounds: 9, warmUp: 4, beside: [plain] })),
      ...(await burst(place, { rounds: 45, warmUp: 20, plugIn: true, beside: [plain] })),
    ])),
  ]
}
