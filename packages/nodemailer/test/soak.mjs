// Starts soak-command.ts, and the transport with it, from their sources.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

await runnerImport(fileURLToPath(new URL('soak-command.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'warn',
  ssr: { resolve: { conditions: ['@postern/source', 'module', 'node'], externalConditions: ['node'] }, noExternal: [/^@postern\//] },
})
