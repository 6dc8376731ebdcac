import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findOwner } from '../host/owner.ts'
import { run } from '../host/run.ts'
import { cachedFolder } from './cache.ts'
import { isReleaseMissing, unpackFromRelease } from './debian-archive.ts'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'
import { startUnpacked } from './unpacked.ts'

/**
 * OpenSMTPD from Debian 11, with that release's OpenSSL: Debian 12's build fails every TLS handshake (OpenSMTPD issue 1171).
 * Not available when the mirror no longer has that release.
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
  isAvailable: () =>
    download().then(
      () => true,
      (error: unknown) => {
        if (isReleaseMissing(error)) return false
        throw error
      },
    ),
  start: () => startServer({ packages: ['libevent-2.1-7', 'libdb5.3', 'libpam0g'], launch }),
}

function download(): Promise<string> {
  return cachedFolder('opensmtpd-bullseye', (folder) =>
    unpackFromRelease(folder, 'bullseye', ['opensmtpd', 'libssl1.1']),
  )
}

async function launch(place: ServerEnvironment) {
  const { root, host } = place
  const unpacked = await download()
  const file = join(root, 'smtpd.conf')
  await writeFile(file, await configuration(place))
  const environment = {
    users: { opensmtpd: await findOwner('nobody'), opensmtpq: await findOwner('daemon') },
    empty: ['/var/spool', '/var/lib', '/run'],
    folders: { '/var/spool/smtpd': '711', '/var/lib/opensmtpd/empty': '755' },
  }
  const libraries = `LD_LIBRARY_PATH=${join(unpacked, 'usr/lib/x86_64-linux-gnu')}`
  const command = ['env', libraries, join(unpacked, 'usr/sbin/smtpd'), '-d', '-f', file]
  const server = await startUnpacked(place, environment, command)
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

async function configuration({ root, host, hostname, certificates, auth }: ServerEnvironment): Promise<string> {
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
