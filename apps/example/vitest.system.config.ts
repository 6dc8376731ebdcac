import { defineConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

/** Tests in Debian's Chromium: as root on Debian, one file at a time. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['system/**/*.test.ts'],
    fileParallelism: false,
    // The tour of eight scenes, on a slow machine.
    testTimeout: 180_000,
    // Installing Debian packages is slow.
    hookTimeout: 300_000,
    outputFile: { json: 'reports/vitest-system.json' },
  },
})
