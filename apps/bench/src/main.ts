import { parseArgs } from 'node:util'
import { embeddedFirstMail, embeddedThroughput, queuedMemory } from './embedded-sending.ts'
import { dropped587, embeddedFailover, refused587 } from './failover.ts'
import { healthRoute, healthRouteWhileProviderHangs } from './health.ts'
import { type PostfixServer, startPostfix } from './postfix/index.ts'
import { probes } from './probes.ts'
import { targetOf } from './senders.ts'
import { blocked587, healthyFirstMail, plainOnBlocked587, pooledThroughput } from './sending.ts'
import { importing } from './start-up.ts'
import { render, type Row } from './table.ts'

const sections: Readonly<Record<string, (postfix: PostfixServer) => Promise<Row[]>>> = {
  import: async () => [await importing()],
  probe: probes,
  send: async (postfix) => [await healthyFirstMail(postfix), ...(await embeddedFirstMail()), ...(await pooledThroughput(targetOf(postfix), 'Postfix')), ...(await embeddedThroughput()), await queuedMemory()],
  failover: async (postfix) => [...(await refused587(postfix)), ...(await dropped587(postfix)), ...(await embeddedFailover())],
  timeouts: besidePlainTimeouts,
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

/** Plain nodemailer only waits, on a server of its own. */
async function besidePlainTimeouts(): Promise<Row[]> {
  const blocked = await startPostfix()
  try {
    await blocked.firewall({ 587: 'drop' })
    const plain = plainOnBlocked587(blocked)
    const other = await startPostfix()
    try {
      return await blocked587(other, plain)
    } finally {
      await other.close()
    }
  } finally {
    await blocked.close()
  }
}
