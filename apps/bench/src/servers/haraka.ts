import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../host/run.ts'
import { installModules } from './npm-modules.ts'
import { startServer } from './place.ts'
import { collectOutput, waitForPorts } from './readiness.ts'
import type { MailServer, Place } from './server.ts'

/** The npm package Haraka, a mail server made of plug-ins. */
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

async function launch(place: Place) {
  const { namespace, root, host } = place
  const folder = join(root, 'haraka')
  const configuration = join(folder, 'config')
  await mkdir(configuration, { recursive: true })
  await mkdir(join(folder, 'plugins'))
  await writeFile(join(folder, 'plugins/neighbour.js'), neighbour)
  for (const [name, text] of Object.entries(files(place))) await writeFile(join(configuration, name), `${text}\n`)
  const module = join(await installModules(), 'Haraka')
  // With a folder of its own it ignores the file that came with it, and fails at the first connection without one.
  await copyFile(join(module, 'config/connection.ini'), join(configuration, 'connection.ini'))
  // Else it would search for a prime, for as long as that takes.
  const parameters = 'genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out'.split(' ')
  await run('openssl', [...parameters, join(configuration, 'dhparams.pem')])
  const server = namespace.start(process.execPath, [join(module, 'bin/haraka'), '-c', folder])
  const log = collectOutput(server)
  await waitForPorts(server, host, log)
  return { log }
}

/** To a client with a private address, such as a container's, Haraka offers AUTH before TLS. Here all are such. */
const neighbour = `exports.hook_connect = (next, connection) => {
  connection.remote.is_private = true
  next()
}
`

function files({ host, hostname, certificates, auth }: Place): Readonly<Record<string, string>> {
  return {
    me: hostname,
    plugins: ['neighbour', 'tls', 'auth/flat_file', 'queue/discard'].join('\n'),
    loglevel: 'NOTICE',
    'smtp.ini': `nodes=0\nlisten=${[587, 2525, 465].map((port) => `${host}:${port}`).join(',')}`,
    'tls.ini': `key=${certificates.keyFile}\ncert=${certificates.certificateFile}`,
    'auth_flat_file.ini': ['[core]', 'methods=PLAIN,LOGIN,CRAM-MD5', '[users]', `${auth.user}=${auth.pass}`].join('\n'),
  }
}
