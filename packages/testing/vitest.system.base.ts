import { defineConfig } from 'vitest/config'
import base from './vitest.base.ts'

/** The system tests of a package: as root on Debian, one file at a time. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['system/**/*.test.ts'],
    fileParallelism: false,
    // Installing Debian packages is slow.
    hookTimeout: 300_000,
    outputFile: { json: 'reports/vitest-system.json' },
  },
})
