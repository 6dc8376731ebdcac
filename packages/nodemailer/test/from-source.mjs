// Runs a file beside this one, and the transport with it, from their sources: node from-source.mjs <file> [its arguments]
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const [file] = process.argv.splice(2, 1)
await runnerImport(fileURLToPath(new URL(file, import.meta.url)), {
  configFile: false,
  logLevel: 'warn',
  environments: { inline: { resolve: { conditions: ['@postern/source', 'module'], noExternal: [/^@postern\//] } } },
})
