import { readdir } from 'node:fs/promises'
import { installPackages, run } from '@postern/bench/host'
import { type DatabaseServer, startServer } from './server.ts'

/** It refuses to run as root. */
const asPostgres = ['--reuid', 'postgres', '--regid', 'postgres', '--clear-groups']

/** Debian's PostgreSQL. The user `postgres` needs no password. */
export async function startPostgreSql(): Promise<DatabaseServer> {
  await installPackages(['postgresql', 'util-linux'])
  const programs = await newestPrograms()
  return await startServer({
    prepare: async (folder) => {
      await run('chown', ['postgres:', folder])
      await run('setpriv', [...asPostgres, `${programs}/initdb`, '--pgdata', folder, '--username', 'postgres', '--auth', 'trust', '--no-sync'], { cwd: folder })
    },
    command: ({ host, port, folder }) => [...asPostgres, `${programs}/postgres`, '-D', folder, '-p', `${port}`, '-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    ready: /database system is ready to accept connections/,
  })
}

/** Debian keeps the programs of each version in a folder of its own, which is not in PATH. */
async function newestPrograms(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql')
  return `/usr/lib/postgresql/${Math.max(...versions.map(Number))}/bin`
}
