import type { RequestListener } from 'node:http'
import { frameworkContract } from './framework-contract.ts'

frameworkContract('Nitro 3', {
  dependencies: { nitro: '3.0.260903-beta' },
  files: { 'nitro.config.mjs': "export default { preset: 'node-middleware', serverDir: '.', compatibilityDate: '2026-01-01' }" },
  routeFile: (path) => `routes${path}.js`,
  imports: "import { defineEventHandler } from 'nitro/h3'",
  route: 'export default defineEventHandler((event) => handle(event.req))',
  mount: 'Nitro 3, `routes/health/smtp.ts`',
  build: 'nitro build',
  // Node closes it after its keep-alive timeout.
  ownsConnections: false,
  load: async (folder) => ((await import(/* @vite-ignore */ `${folder}/.output/server/index.mjs`)) as { readonly middleware: RequestListener }).middleware,
})
