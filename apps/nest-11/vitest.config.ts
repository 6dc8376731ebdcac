import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { devDependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as {
  readonly devDependencies: object
}
const nestPackages = Object.keys(devDependencies).filter((name) => name.startsWith('@nestjs'))

/** Runs the tests of packages/nestjs with Nest 11. */
export default mergeConfig(base, {
  resolve: {
    alias: {
      // The alias bypasses `exports`, so the subpath needs its real folder.
      '@nestjs-modules/mailer/adapters': here('node_modules/@nestjs-modules/mailer/dist/adapters'),
      ...Object.fromEntries(nestPackages.map((name) => [name, here(`node_modules/${name}`)])),
    },
  },
  test: {
    dir: here('../../packages/nestjs/src'),
    include: ['**/*.test.ts'],
    // Child processes do not use these aliases; .ci tests signals on Nest 11 with a packed app.
    exclude: ['**/*.process.test.ts', '**/types.test.ts'],
    outputFile: { json: here('reports/vitest.json') },
  },
})
