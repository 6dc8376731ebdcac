import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findOwner } from '../host/owner.ts'
import { unpackPackages } from './debian-archive.ts'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'
import { startUnpacked } from './unpacked.ts'

/** Debian's Exim. Unpacked, not installed, because its package conflicts with Postfix's. */
export const exim: MailServer = {
  name: 'Exim',
  facts: {
    greeting: /^mail\.postern\.test ESMTP Exim 4\./,
    capabilities: ['SIZE', '8BITMIME', 'PIPELINING', 'PIPECONNECT', 'AUTH', 'CHUNKING', 'SMTPUTF8', 'HELP'],
    mechanisms: ['PLAIN', 'LOGIN'],
    offersAuthInClear: false,
    hasStartTls: true,
    refusedLogin: /authenticator failed/g,
  },
  start: () => startServer({ packages: ['libidn12', 'libgnutls-dane0', 'libnsl2'], launch }),
}

async function launch(environment: ServerEnvironment) {
  const { root, host, certificates } = environment
  const unpacked = join(root, 'exim')
  await mkdir(unpacked)
  await unpackPackages(unpacked, ['exim4-daemon-light'])
  // Exim drops root and needs access to its key and log as that user.
  const owner = await findOwner('nobody')
  for (const folder of ['spool', 'log']) {
    await mkdir(join(root, folder))
    await chown(join(root, folder), owner.uid, owner.gid)
  }
  await chown(certificates.keyFile, owner.uid, owner.gid)
  const file = join(root, 'exim.conf')
  await writeFile(file, configuration(environment), { mode: 0o644 })
  // Debian's build looks up its own user at start, even with `exim_user`.
  const command = [join(unpacked, 'usr/sbin/exim4'), '-C', file, '-bdf']
  const server = await startUnpacked(environment, { users: { 'Debian-exim': owner } }, command)
  const output = collectOutput(server)
  const log = async (): Promise<string> => {
    const parts = ['mainlog', 'paniclog'].map((name) => readFile(join(root, 'log', name), 'utf8'))
    return (await Promise.all(parts.map((part) => part.catch(() => '')))).join('') + (await output())
  }
  await waitForPorts(server, host, log)
  return { log }
}

function configuration({ root, host, hostname, certificates, auth }: ServerEnvironment): string {
  return `
primary_hostname = ${hostname}
spool_directory = ${join(root, 'spool')}
log_file_path = ${join(root, 'log', '%slog')}
keep_environment =
local_interfaces = ${host}
daemon_smtp_ports = 587 : 2525 : 465
tls_on_connect_ports = 465
tls_advertise_hosts = *
tls_certificate = ${certificates.certificateFile}
tls_privatekey = ${certificates.keyFile}
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = submission
queue_only = true

begin acl
submission:
  accept authenticated = *
  deny

begin routers
nowhere:
  driver = redirect
  data = :blackhole:

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${auth.user}}}{eq{$auth3}{${auth.pass}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{$auth1}{${auth.user}}}{eq{$auth2}{${auth.pass}}}}}
  server_set_id = $auth1
`
}
