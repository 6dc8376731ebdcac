import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findOwner } from '../host/owner.ts'
import { installModules } from './npm-modules.ts'
import { startServer } from './start-server.ts'
import { waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'
import { startSmtpServer } from './smtp-server.ts'

/** Debian's Dovecot submission service, which relays to another server: smtp-server here. */
export const dovecot: MailServer = {
  name: 'Dovecot submission',
  facts: {
    greeting: /^mail\.postern\.test Dovecot/,
    capabilities: ['8BITMIME', 'AUTH', 'BURL', 'CHUNKING', 'ENHANCEDSTATUSCODES', 'PIPELINING', 'SIZE'],
    mechanisms: ['PLAIN', 'LOGIN'],
    offersAuthInClear: false,
    hasStartTls: true,
    refusedLogin: /Password mismatch/g,
  },
  start: () => startServer({ packages: ['dovecot-core', 'dovecot-submissiond'], prepare, launch }),
}

const relay = { host: '127.0.0.1', port: 2526 } as const

async function prepare(): Promise<void> {
  await installModules()
}

async function launch(environment: ServerEnvironment) {
  const { namespace, root, host } = environment
  await startSmtpServer(environment, { host: relay.host, ports: [{ port: relay.port, secure: false }], login: false })
  const home = join(root, 'home')
  await mkdir(home)
  await chmod(home, 0o777)
  const file = join(root, 'dovecot.conf')
  await writeFile(file, await configuration(environment, home), { mode: 0o600 })
  const server = namespace.start('dovecot', ['-F', '-c', file])
  const log = (): Promise<string> => readFile(join(root, 'dovecot.log'), 'utf8').catch(() => '')
  await waitForPorts(server, host, log)
  return { log }
}

async function configuration({ root, host, hostname, certificates, auth }: ServerEnvironment, home: string): Promise<string> {
  const users = join(root, 'users')
  const owner = await findOwner('nobody')
  await writeFile(users, `${auth.user}:{PLAIN}${auth.pass}\n`, { mode: 0o644 })
  return `
base_dir = ${join(root, 'run')}
state_dir = ${join(root, 'state')}
log_path = ${join(root, 'dovecot.log')}
protocols = submission
listen = ${host}
hostname = ${hostname}
login_greeting = Dovecot ready.
ssl = required
ssl_cert = <${certificates.certificateFile}
ssl_key = <${certificates.keyFile}
auth_mechanisms = plain login
auth_verbose = yes
mail_location = maildir:~/mail
passdb {
  driver = passwd-file
  args = ${users}
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${home}
}
submission_relay_host = ${relay.host}
submission_relay_port = ${relay.port}
service anvil {
  # Without this, each refused login delays the next one from the same address.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service submission-login {
  inet_listener submission {
    port = 587
  }
  inet_listener alternate {
    port = 2525
  }
  inet_listener submissions {
    port = 465
    ssl = yes
  }
}
`
}
