import { defineConfig } from 'vitest/config'
import base from '../testing/vitest.base.ts'

/** Tests in a real browser: as root on Debian. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['system/**/*.test.ts'],
    // Installing Debian packages is slow.
    hookTimeout: 300_000,
    outputFile: { json: 'reports/vitest-system.json' },
  },
})
