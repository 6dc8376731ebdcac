import { defineConfig } from 'vitest/config'
import base from '../testing/vitest.base.ts'

/** Tests with frameworks that npm installs in a temporary folder, one at a time. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['system/**/*.test.ts'],
    fileParallelism: false,
    // Frameworks print.
    setupFiles: [],
    silent: 'passed-only',
    // Installing and building are slow.
    hookTimeout: 600_000,
    outputFile: { json: 'reports/vitest-system.json' },
  },
})
