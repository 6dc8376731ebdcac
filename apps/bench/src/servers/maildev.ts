import { join } from 'node:path'
import { installModules } from './npm-modules.ts'
import { startServer } from './place.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, Place } from './server.ts'

/** The npm package maildev, which knows implicit TLS or nothing: it never offers STARTTLS. */
export const maildev: MailServer = {
  name: 'maildev',
  facts: {
    greeting: /ESMTP/,
    capabilities: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'AUTH', 'SIZE'],
    mechanisms: ['LOGIN', 'PLAIN'],
    offersAuthInClear: true,
    hasStartTls: false,
  },
  start: () => startServer({ prepare: () => installModules().then(() => {}), launch }),
}

async function launch({ namespace, root, host, certificates, auth }: Place) {
  const program = join(await installModules(), 'maildev/dist/bin/maildev.js')
  const account = ['--incoming-user', auth.user, '--incoming-pass', auth.pass]
  const secure = ['--incoming-cert', certificates.certificateFile, '--incoming-key', certificates.keyFile]
  // One process has one port.
  const start = (port: number, ...more: readonly string[]) => {
    const place = ['--ip', host, '--smtp', `${port}`, '--disable-web', '--mail-directory', join(root, `${port}`)]
    return namespace.start(process.execPath, [program, ...place, ...account, ...more])
  }
  const servers = [start(587), start(2525), start(465, '--incoming-secure', ...secure)] as const
  const outputs = servers.map(collectOutput)
  const log = async (): Promise<string> => (await Promise.all(outputs.map((output) => output()))).join('')
  await waitForPorts(servers[0], host, log)
  return { log }
}
