import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { devDependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as {
  readonly devDependencies: object
}
const ofNest = Object.keys(devDependencies).filter((name) => name.startsWith('@nestjs'))

/** The same tests, with Nest 11 wherever they and the package import Nest. */
export default mergeConfig(base, {
  resolve: {
    alias: {
      // A folder has no `exports` to go by.
      '@nestjs-modules/mailer/adapters': here('node_modules/@nestjs-modules/mailer/dist/adapters'),
      ...Object.fromEntries(ofNest.map((name) => [name, here(`node_modules/${name}`)])),
    },
  },
  test: {
    dir: here('../../packages/nestjs/src'),
    include: ['**/*.test.ts'],
    // A process resolves for itself; on Nest 11 it is the packed app in .ci that gets the signal.
    exclude: ['**/*.process.test.ts', '**/types.test.ts'],
    outputFile: { json: here('reports/vitest.json') },
  },
})
