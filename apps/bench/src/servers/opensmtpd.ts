import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findOwner } from '../host/owner.ts'
import { run } from '../host/run.ts'
import { cachedFolder } from './cache.ts'
import { unpackFromRelease } from './debian-archive.ts'
import { startServer } from './place.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, Place } from './server.ts'
import { startUnpacked } from './unpacked.ts'

/**
 * OpenSMTPD as Debian 11 built it, with the OpenSSL of that release: Debian 12's build fails every TLS handshake
 * (OpenSMTPD's issue 1171). It is left out once the mirrors have dropped that release.
 */
export const opensmtpd: MailServer = {
  name: 'OpenSMTPD',
  facts: {
    greeting: /^mail\.postern\.test ESMTP OpenSMTPD/,
    capabilities: ['8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE', 'DSN', 'AUTH', 'HELP'],
    mechanisms: ['PLAIN', 'LOGIN'],
    offersAuthInClear: false,
    hasStartTls: true,
    refusedLogin: /result=permfail/g,
  },
  obtainable: () =>
    obtain().then(
      () => true,
      () => false,
    ),
  start: () => startServer({ packages: ['libevent-2.1-7', 'libdb5.3', 'libpam0g'], launch }),
}

function obtain(): Promise<string> {
  return cachedFolder('opensmtpd-bullseye', (folder) =>
    unpackFromRelease(folder, 'bullseye', ['opensmtpd', 'libssl1.1']),
  )
}

async function launch(place: Place) {
  const { root, host } = place
  const unpacked = await obtain()
  const file = join(root, 'smtpd.conf')
  await writeFile(file, await configuration(place))
  const surroundings = {
    users: { opensmtpd: await findOwner('nobody'), opensmtpq: await findOwner('daemon') },
    empty: ['/var/spool', '/var/lib', '/run'],
    folders: { '/var/spool/smtpd': '711', '/var/lib/opensmtpd/empty': '755' },
  }
  const libraries = `LD_LIBRARY_PATH=${join(unpacked, 'usr/lib/x86_64-linux-gnu')}`
  const command = ['env', libraries, join(unpacked, 'usr/sbin/smtpd'), '-d', '-f', file]
  const server = await startUnpacked(place, surroundings, command)
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

async function configuration({ root, host, hostname, certificates, auth }: Place): Promise<string> {
  const accounts = join(root, 'accounts')
  const hash = await run('openssl', ['passwd', '-6', '-stdin'], { input: auth.pass })
  await writeFile(accounts, `${auth.user} ${hash}`)
  const common = `pki mail auth <accounts> hostname ${hostname}`
  return `
pki mail cert "${certificates.certificateFile}"
pki mail key "${certificates.keyFile}"
table accounts file:${accounts}
listen on ${host} port 587 tls-require ${common}
listen on ${host} port 2525 tls-require ${common}
listen on ${host} port 465 smtps ${common}
action "nowhere" relay
match auth from any for any action "nowhere"
`
}
