import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installModules } from './npm-modules.ts'
import { startServer } from './place.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, Place } from './server.ts'

/** The npm package smtp-server, on which many test servers are built. */
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

async function launch(place: Place) {
  const { host } = place
  const ports = [
    { port: 587, secure: false },
    { port: 2525, secure: false },
    { port: 465, secure: true },
  ]
  const server = await startSmtpServer(place, { host, ports, login: true })
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

/** Where smtp-server listens, and whether it takes a login. */
interface SmtpServerOptions {
  readonly host: string
  readonly ports: readonly { readonly port: number; readonly secure: boolean }[]
  readonly login: boolean
}

const script = fileURLToPath(new URL('smtp-server.mjs', import.meta.url))

/** Starts smtp-server inside a place. */
export async function startSmtpServer(place: Place, options: SmtpServerOptions): Promise<ChildProcess> {
  const { namespace, hostname, certificates, auth } = place
  const { host, ports, login } = options
  const modules = await installModules()
  const { keyFile, certificateFile } = certificates
  const settings = { modules, host, ports, hostname, keyFile, certificateFile, ...(login && { auth }) }
  return namespace.start(process.execPath, [script, JSON.stringify(settings)])
}
