import { parseArgs } from 'node:util'
import { besideAPatientOne, failover } from './failover.ts'
import { healthRoute, healthRouteWhileProviderHangs } from './health.ts'
import { queuedMemory } from './memory.ts'
import { onEmbedded, onPostfix, plain } from './places.ts'
import { type PostfixServer, startPostfix } from './postfix/index.ts'
import { probes } from './probes.ts'
import { burst, firstMail } from './sending.ts'
import { importing } from './start-up.ts'
import { render, type Row } from './table.ts'

const sections: Readonly<Record<string, (postfix: PostfixServer) => Promise<Row[]>>> = {
  import: async () => [await importing()],
  probe: probes,
  send: async (postfix) => [...(await firstMail(onPostfix(postfix))), ...(await onEmbedded(firstMail)), ...(await bursts(postfix)), ...(await queuedMemory())],
  failover,
  timeouts: async (postfix) => [await besideAPatientOne(postfix)],
  health: async () => [await healthRoute(), await healthRouteWhileProviderHangs()],
}

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
if (only !== undefined && !(only in sections)) throw new Error(`There is no section ${only}: take one of ${Object.keys(sections).join(', ')}.`)

console.log('Postern beside its peers, in one run, on a Postfix behind a firewall. This takes some minutes:')
console.log('plain nodemailer is given the two minutes that it waits by default.\n')

const postfix = await startPostfix()
try {
  const rows: Row[] = []
  for (const [name, run] of Object.entries(sections)) {
    if (only !== undefined && name !== only) continue
    const found = await run(postfix)
    console.log(`${name}\n${render(found)}`)
    rows.push(...found)
  }
  console.log(`Node ${process.version}. Medians; first mail: a new transport, connection, TLS, login and message each time.`)
  if (rows.some(({ met }) => met === false)) process.exitCode = 1
} finally {
  await postfix.close()
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
