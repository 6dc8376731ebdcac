import { healthRoute, healthRouteWhileProviderHangs } from './health.ts'
import { startPostfix } from './postfix/index.ts'
import { blocked587, healthyFirstMail, plainOnBlocked587, pooledThroughput } from './sending.ts'
import { importing } from './start-up.ts'
import { render } from './table.ts'

console.log('Postern beside its peers, in one run, on a Postfix behind a firewall. This takes about three minutes:')
console.log('plain nodemailer is given the two minutes that it waits by default.\n')

const [postfix, blocked] = await Promise.all([startPostfix(), startPostfix()])
try {
  await blocked.firewall({ 587: 'drop' })
  // It only waits, on a server of its own, and disturbs nobody.
  const plain = plainOnBlocked587(blocked)
  const rows = [
    await importing(),
    await healthyFirstMail(postfix),
    await pooledThroughput(postfix),
    ...(await blocked587(postfix, plain)),
    await healthRoute(),
    await healthRouteWhileProviderHangs(),
  ]
  console.log(render(rows))
  console.log(`Node ${process.version}. Medians; first mail: a new transport, connection, TLS, login and message each time.`)
  if (rows.some(({ met }) => !met)) process.exitCode = 1
} finally {
  await Promise.all([postfix.close(), blocked.close()])
}
