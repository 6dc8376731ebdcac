import { chmod, chown, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from '../account.ts'
import { makeCertificates } from '../host/certificates.ts'
import { type Host, onNewHost } from '../host/host.ts'
import { findOwner } from '../host/owner.ts'
import { waitForGreeting } from '../host/ready.ts'
import { mainConfiguration, masterConfiguration } from './configuration.ts'
import { type FirewallRules, setFirewall } from './firewall.ts'
import { makeLogin } from './login.ts'
import { openMailbox, type WaitOptions } from './mailbox.ts'
import { ensurePackages } from './packages.ts'

/** Settings in Postern's shape. */

/** A running Postfix: 587 and 2525 with STARTTLS required, 465 with implicit TLS, 25 with STARTTLS offered. */
export interface PostfixServer {
  /** The address in the namespace. The certificate is valid for it and for {@link PostfixServer.hostname}. */
  readonly host: string
  /** The name in the greeting, `mail.postern.test`. It is not in DNS. */
  readonly hostname: string
  /** The CA certificate, PEM. */
  readonly ca: string
  /** The only login. Every port requires it. */
  readonly auth: { readonly user: string; readonly pass: string }
  /** `host`, `auth` and `tls.ca`, for the standard ports. */
  readonly settings: Account
  /** The only mailbox, `inbox@postern.test`. Other recipients are refused. */
  readonly recipient: string
  /** The first process of the namespace; Postfix ends with it. */
  readonly pid: number
  /** Replaces all firewall rules. Other ports are open. The rules apply to open connections too. */
  firewall(rules: FirewallRules): Promise<void>
  /** Every delivered message as stored, with Postfix's trace headers and LF line ends, in no particular order. */
  messages(): Promise<readonly string[]>
  /**
   * Resolves with every message that contains `marker`, once there is one and the queue is empty: the length is then the
   * number of times it was accepted. Times out after 30 s by default.
   */
  waitForMessage(marker: string, options?: WaitOptions): Promise<readonly string[]>
  /** Waits until the queue is empty and clears the mailbox. */
  clear(options?: WaitOptions): Promise<void>
  /** Postfix's log. */
  log(): Promise<string>
  /** Stops Postfix and removes the namespace, the link and all files. Idempotent. */
  close(): Promise<void>
}

const hostname = 'mail.postern.test'
const domain = 'postern.test'
const recipient = `inbox@${domain}`

/** Installs missing packages and starts Postfix in a new namespace. Resolves once it greets. */
export async function startPostfix(): Promise<PostfixServer> {
  await ensurePackages()
  return await onNewHost(launch)
}

async function launch({ namespace, root, close }: Host): Promise<PostfixServer> {
  const { host, pid } = namespace
  const paths = await makeFolders(root)
  const postfixOwner = await findOwner('postfix')
  const mailOwner = await findOwner('nobody')
  await chown(paths.data, postfixOwner.uid, postfixOwner.gid)
  await chown(paths.mail, mailOwner.uid, mailOwner.gid)
  const { ca, chainFile } = await makeCertificates(paths.tls, hostname, host)
  const auth = await makeLogin(paths[saslFolder], domain, postfixOwner)
  const files = { ...paths, root, log: join(root, 'mail.log'), chain: chainFile }
  const settings = { hostname, domain, address: host, recipient, paths: files, mailOwner }
  await writeBackdated(join(paths.configuration, 'main.cf'), mainConfiguration(settings))
  await writeBackdated(join(paths.configuration, 'master.cf'), masterConfiguration())

  const log = (): Promise<string> => readFile(files.log, 'utf8').catch(() => '')
  const postfix = namespace.start('postfix', ['-c', paths.configuration, 'start-fg'])
  await waitForGreeting(postfix, host, 587, log)

  const mailbox = openMailbox(namespace, join(paths.mail, 'inbox'), paths.configuration)
  return {
    host,
    hostname,
    ca,
    auth,
    settings: { host, auth, tls: { ca } },
    recipient,
    pid,
    firewall: (rules) => setFirewall(namespace, rules),
    messages: () => mailbox.messages(),
    waitForMessage: (marker, options) => mailbox.waitForMessage(marker, options),
    clear: (options) => mailbox.clear(options),
    log,
    close,
  }
}

/** Backdates a file: Postfix waits up to 1.8 s at start if a file is newer than two seconds. */
async function writeBackdated(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o644)
  const past = Date.now() / 1000 - 60
  await utimes(file, past, past)
}

// Debian's Postfix reads SASL settings only there and ignores `cyrus_sasl_config_path`.
const saslFolder = 'configuration/sasl'
const folders = ['configuration', 'queue', 'data', 'mail', 'tls', saslFolder] as const

async function makeFolders(root: string): Promise<Readonly<Record<(typeof folders)[number], string>>> {
  const created = await Promise.all(
    folders.map(async (name) => {
      const path = join(root, name)
      await mkdir(path, { recursive: true })
      // Regardless of the umask, because Postfix's processes run as other users.
      await chmod(path, 0o755)
      return [name, path] as const
    }),
  )
  return Object.fromEntries(created) as Record<(typeof folders)[number], string>
}
