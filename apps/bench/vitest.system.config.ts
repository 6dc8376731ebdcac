import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

/** Tests against real servers: as root on Debian, one file at a time. */
export default mergeConfig(base, {
  test: {
    include: ['system/**/*.test.ts'],
    globalSetup: ['./system/packages.ts'],
    fileParallelism: false,
    // Installing, starting and stopping mail servers is slow.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    outputFile: { json: 'reports/vitest-system.json' },
  },
})
