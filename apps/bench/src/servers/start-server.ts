import { randomBytes } from 'node:crypto'
import { makeCertificates } from '../host/certificates.ts'
import { onNewHost } from '../host/host.ts'
import { installPackages } from '../host/packages.ts'
import type { ServerEnvironment, RunningServer } from './server.ts'

interface StartOptions {
  /** Debian packages in addition to those of every server. */
  readonly packages?: readonly string[]
  /** Runs before the namespace is created, because npm is not reachable inside. */
  readonly prepare?: () => Promise<void>
  /** Starts the server and resolves once all ports greet. */
  readonly launch: (environment: ServerEnvironment) => Promise<Pick<RunningServer, 'log'>>
}

const everyServer = ['iproute2', 'util-linux', 'coreutils', 'openssl'] as const

/** Starts a server in a new environment with its own certificate and account. */
export async function startServer({ packages = [], prepare, launch }: StartOptions): Promise<RunningServer> {
  await installPackages([...everyServer, ...packages])
  await prepare?.()
  return await onNewHost(async ({ namespace, root, close }) => {
    const { host } = namespace
    const hostname = 'mail.postern.test'
    const auth = { user: 'sender@postern.test', pass: randomBytes(15).toString('hex') }
    const certificates = await makeCertificates(root, hostname, host)
    const { log } = await launch({ namespace, root, host, hostname, certificates, auth })
    return { host, hostname, ca: certificates.ca, auth, log, close }
  })
}
