import { chmod, chown, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificates } from '../host/certificates.ts'
import { type Host, onNewHost } from '../host/host.ts'
import { findOwner } from '../host/owner.ts'
import { waitForGreeting } from '../host/ready.ts'
import { mainConfiguration, masterConfiguration } from './configuration.ts'
import { type FirewallRules, setFirewall } from './firewall.ts'
import { makeLogin } from './login.ts'
import { openMailbox, type WaitOptions } from './mailbox.ts'
import { ensurePackages } from './packages.ts'

/** Settings that reach the server, for Postern and for any client that takes the same shape. */
export interface PostfixSettings {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
}

/** A running Postfix: 587 and 2525 with STARTTLS required, 465 with implicit TLS, 25 with STARTTLS offered. */
export interface PostfixServer {
  /** The address in the namespace. The certificate names it, and {@link PostfixServer.hostname}. */
  readonly host: string
  /** The name the server greets with, `mail.postern.test`. No name server knows it. */
  readonly hostname: string
  /** The certificate of the authority that signed the server's, PEM. */
  readonly ca: string
  /** The one login. A message needs it on every port. */
  readonly auth: { readonly user: string; readonly pass: string }
  /** `host`, `auth` and `tls.ca` together. The ports are the real ones. */
  readonly settings: PostfixSettings
  /** The one mailbox, `inbox@postern.test`. Any other recipient is refused. */
  readonly recipient: string
  /** The process that holds the namespace; Postfix ends with it. */
  readonly pid: number
  /** Replaces all firewall rules at once. A port that is not named is open. Open connections feel it too. */
  firewall(rules: FirewallRules): Promise<void>
  /** Every message delivered so far, as stored: Postfix's trace headers first, lines ending in LF. In no order. */
  messages(): Promise<readonly string[]>
  /**
   * Every message that contains `marker`, as soon as there is one and Postfix's queue is empty: then the length tells
   * how often it was accepted. Without a signal, gives up after 30 s.
   */
  waitForMessage(marker: string, options?: WaitOptions): Promise<readonly string[]>
  /** Lets the queue come to rest and empties the mailbox. */
  clear(options?: WaitOptions): Promise<void>
  /** Postfix's log. */
  log(): Promise<string>
  /** Ends Postfix and removes the namespace, the link and all files. May be called again. */
  close(): Promise<void>
}

const hostname = 'mail.postern.test'
const domain = 'postern.test'
const recipient = `inbox@${domain}`

/** Starts Postfix in a namespace of its own and resolves once it greets. Installs missing packages first. */
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
  await writeSettled(join(paths.configuration, 'main.cf'), mainConfiguration(settings))
  await writeSettled(join(paths.configuration, 'master.cf'), masterConfiguration())

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

/** Postfix takes a file of the last two seconds for one still being written, and waits: 1.8 s at each start. */
async function writeSettled(file: string, text: string): Promise<void> {
  await writeFile(file, text)
  await chmod(file, 0o644)
  const past = Date.now() / 1000 - 60
  await utimes(file, past, past)
}

// Debian's Postfix looks for the SASL settings there alone, whatever `cyrus_sasl_config_path` says.
const saslFolder = 'configuration/sasl'
const folders = ['configuration', 'queue', 'data', 'mail', 'tls', saslFolder] as const

async function makeFolders(root: string): Promise<Readonly<Record<(typeof folders)[number], string>>> {
  const made = await Promise.all(
    folders.map(async (name) => {
      const path = join(root, name)
      await mkdir(path, { recursive: true })
      // Whatever the umask is: Postfix's processes run as other users.
      await chmod(path, 0o755)
      return [name, path] as const
    }),
  )
  return Object.fromEntries(made) as Record<(typeof folders)[number], string>
}
