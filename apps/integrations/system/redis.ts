import { installPackages } from '@postern/bench/host'
import { type DatabaseServer, startServer } from './server.ts'

/** Debian's Redis, which keeps its data in memory. */
export async function startRedis(): Promise<DatabaseServer> {
  await installPackages(['redis-server', 'util-linux'])
  return await startServer({
    command: ({ host, port, folder }) => ['redis-server', '--bind', host, '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'no'],
    ready: /Ready to accept connections/,
  })
}
