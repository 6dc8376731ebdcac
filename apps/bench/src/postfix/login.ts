import { randomBytes } from 'node:crypto'
import { chmod, chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner } from '../host/owner.ts'
import { run } from '../host/run.ts'

interface Login {
  readonly user: string
  readonly pass: string
}

/** Creates an account and the Cyrus SASL settings for it in the folder that Postfix reads. */
export async function makeLogin(folder: string, domain: string, reader: Owner): Promise<Login> {
  const database = join(folder, 'sasldb2')
  const settings = join(folder, 'smtpd.conf')
  const name = 'sender'
  // Hexadecimal, because swaks would read a leading hyphen as an option.
  const pass = randomBytes(15).toString('hex')
  await writeFile(
    settings,
    [
      'pwcheck_method: auxprop',
      'auxprop_plugin: sasldb',
      `sasldb_path: ${database}`,
      'mech_list: PLAIN LOGIN',
      '',
    ].join('\n'),
  )
  await chmod(settings, 0o644)
  await run('saslpasswd2', ['-p', '-c', '-f', database, '-u', domain, name], { input: pass })
  await chown(database, 0, reader.gid)
  await chmod(database, 0o640)
  return { user: `${name}@${domain}`, pass }
}
