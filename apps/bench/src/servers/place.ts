import { randomBytes } from 'node:crypto'
import { makeCertificates } from '../host/certificates.ts'
import { onNewHost } from '../host/host.ts'
import { installPackages } from '../host/packages.ts'
import type { Place, RunningServer } from './server.ts'

/** What it takes to start a server. */
interface Recipe {
  /** The Debian packages it needs besides those of every server. */
  readonly packages?: readonly string[]
  /** Runs before there is a namespace: there, no registry is reached. */
  readonly prepare?: () => Promise<void>
  /** Starts it and resolves once all ports greet. */
  readonly launch: (place: Place) => Promise<Pick<RunningServer, 'log'>>
}

const everyServer = ['iproute2', 'util-linux', 'coreutils', 'openssl'] as const

/** Starts a server on a host of its own, with a certificate and an account made for it. */
export async function startServer({ packages = [], prepare, launch }: Recipe): Promise<RunningServer> {
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
