import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../host/run.ts'
import { installModules } from './npm-modules.ts'
import { startServer } from './start-server.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, ServerEnvironment } from './server.ts'

/** The npm package Haraka. */
export const haraka: MailServer = {
  name: 'Haraka',
  facts: {
    greeting: /^mail\.postern\.test ESMTP Haraka/,
    capabilities: ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE', 'AUTH'],
    mechanisms: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
    offersAuthInClear: true,
    hasStartTls: true,
    refusedLogin: /delaying for \d+ seconds/g,
  },
  start: () => startServer({ prepare: () => installModules().then(() => {}), launch }),
}

async function launch(environment: ServerEnvironment) {
  const { namespace, root, host } = environment
  const folder = join(root, 'haraka')
  const configuration = join(folder, 'config')
  await mkdir(configuration, { recursive: true })
  await mkdir(join(folder, 'plugins'))
  await writeFile(join(folder, 'plugins/privateClients.js'), privateClients)
  for (const [name, text] of Object.entries(files(environment))) await writeFile(join(configuration, name), `${text}\n`)
  const module = join(await installModules(), 'Haraka')
  // With a custom folder Haraka ignores its default connection.ini, and fails without one.
  await copyFile(join(module, 'config/connection.ini'), join(configuration, 'connection.ini'))
  // Without this file Haraka generates parameters, which is slow.
  const parameters = 'genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out'.split(' ')
  await run('openssl', [...parameters, join(configuration, 'dhparams.pem')])
  const server = namespace.start(process.execPath, [join(module, 'bin/haraka'), '-c', folder])
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

/** Haraka offers AUTH before TLS to clients with private addresses. This plug-in marks every client as private. */
const privateClients = `exports.hook_connect = (next, connection) => {
  connection.remote.is_private = true
  next()
}
`

function files({ host, hostname, certificates, auth }: ServerEnvironment): Readonly<Record<string, string>> {
  return {
    me: hostname,
    plugins: ['privateClients', 'tls', 'auth/flat_file', 'queue/discard'].join('\n'),
    loglevel: 'NOTICE',
    'smtp.ini': `nodes=0\nlisten=${[587, 2525, 465].map((port) => `${host}:${port}`).join(',')}`,
    'tls.ini': `key=${certificates.keyFile}\ncert=${certificates.certificateFile}`,
    'auth_flat_file.ini': ['[core]', 'methods=PLAIN,LOGIN,CRAM-MD5', '[users]', `${auth.user}=${auth.pass}`].join('\n'),
  }
}
