import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installModules } from './npm-modules.ts'
import { ports } from './ports.ts'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'

/** The npm package smtp-server, the base of many test servers. */
export const smtpServer: MailServer = {
  name: 'smtp-server',
  facts: {
    greeting: /^mail\.postern\.test ESMTP/,
    capabilities: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'AUTH'],
    mechanisms: ['LOGIN', 'PLAIN'],
    offersAuthInClear: true,
    hasStartTls: true,
    refusedLogin: /refused a login/g,
  },
  start: () => startServer({ prepare: () => installModules().then(() => {}), launch }),
}

const listeners = ports.map(({ port, security }) => ({ port, secure: security === 'implicit' }))

async function launch(environment: ServerEnvironment) {
  const { host } = environment
  const server = await startSmtpServer(environment, { host, ports: listeners, login: true })
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

interface SmtpServerOptions {
  readonly host: string
  readonly ports: readonly { readonly port: number; readonly secure: boolean }[]
  readonly login: boolean
}

const script = fileURLToPath(new URL('smtp-server.mjs', import.meta.url))

/** Starts smtp-server inside a namespace. */
export async function startSmtpServer(environment: ServerEnvironment, options: SmtpServerOptions): Promise<ChildProcess> {
  const { namespace, hostname, certificates, auth } = environment
  const { host, ports, login } = options
  const modules = await installModules()
  const { keyFile, certificateFile } = certificates
  const settings = { modules, host, ports, hostname, keyFile, certificateFile, ...(login && { auth }) }
  return namespace.start(process.execPath, [script, JSON.stringify(settings)])
}
