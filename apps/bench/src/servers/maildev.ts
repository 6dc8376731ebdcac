import { join } from 'node:path'
import { installModules } from './npm-modules.ts'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'

/** The npm package maildev, which supports implicit TLS but not STARTTLS. */
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

async function launch({ namespace, root, host, certificates, auth }: ServerEnvironment) {
  const program = join(await installModules(), 'maildev/dist/bin/maildev.js')
  const account = ['--incoming-user', auth.user, '--incoming-pass', auth.pass]
  const secure = ['--incoming-cert', certificates.certificateFile, '--incoming-key', certificates.keyFile]
  // Each process listens on one port.
  const start = (port: number, ...more: readonly string[]) => {
    const options = ['--ip', host, '--smtp', `${port}`, '--disable-web', '--mail-directory', join(root, `${port}`)]
    return namespace.start(process.execPath, [program, ...options, ...account, ...more])
  }
  const servers = [start(587), start(2525), start(465, '--incoming-secure', ...secure)] as const
  const outputs = servers.map(collectOutput)
  const log = async (): Promise<string> => (await Promise.all(outputs.map((output) => output()))).join('')
  await waitForPorts(servers[0], host, log)
  return { log }
}
