import { fileURLToPath } from 'node:url'
import { startServer } from './place.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, Place } from './server.ts'

/** Debian's aiosmtpd, Python's mail server. */
export const aiosmtpd: MailServer = {
  name: 'aiosmtpd',
  facts: {
    greeting: /^mail\.postern\.test Python SMTP/,
    capabilities: ['SIZE', '8BITMIME', 'AUTH', 'HELP'],
    mechanisms: ['LOGIN', 'PLAIN'],
    offersAuthInClear: false,
    hasStartTls: true,
    refusedLogin: /refused a login/g,
  },
  start: () => startServer({ packages: ['python3-aiosmtpd'], launch }),
}

const script = fileURLToPath(new URL('aiosmtpd-server.py', import.meta.url))

async function launch({ namespace, host, hostname, certificates, auth }: Place) {
  const { keyFile, certificateFile } = certificates
  const settings = { host, hostname, keyFile, certificateFile, auth }
  // Debian's Python by its path: another one on the machine does not see Debian's packages.
  const server = namespace.start('/usr/bin/python3', ['-u', script, JSON.stringify(settings)])
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}
