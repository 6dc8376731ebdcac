import { fileURLToPath } from 'node:url'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'

/** Debian's aiosmtpd, a Python mail server. */
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

async function launch({ namespace, host, hostname, certificates, auth }: ServerEnvironment) {
  const { keyFile, certificateFile } = certificates
  const settings = { host, hostname, keyFile, certificateFile, auth }
  // By its path, because another Python would not have Debian's packages.
  const server = namespace.start('/usr/bin/python3', ['-u', script, JSON.stringify(settings)])
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}
