import { createRequire } from 'node:module'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { frameworkContract } from './framework-contract.ts'

interface Next {
  prepare(): Promise<void>
  getRequestHandler(): RequestListener
  close(): Promise<void>
}

let app: Next | undefined
afterAll(() => app?.close())

frameworkContract('Next.js', {
  dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  routeFile: (path) => `app${path}/route.js`,
  route: 'const route = (request) => handle(request)\nexport { route as GET, route as HEAD, route as POST, route as PUT, route as PATCH, route as DELETE }',
  mount: 'Next.js, `app/health/smtp/route.ts`',
  build: 'next build',
  // Node closes it after its keep-alive timeout.
  ownsConnections: false,
  async load(folder) {
    const next = createRequire(join(folder, 'package.json'))('next') as (options: object) => Next
    app = next({ dev: false, dir: folder })
    await app.prepare()
    return app.getRequestHandler()
  },
})
