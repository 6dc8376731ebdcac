import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Shared by the tests of every package. */
export default defineConfig({
  // Resolves other packages to their source, so tests never run against a stale build.
  resolve: { conditions: ['@postern/source'] },
  ssr: { resolve: { conditions: ['@postern/source'] } },
  test: {
    include: ['src/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('test/setup.ts', import.meta.url))],
    // Long, so that only a hanging test times out, not a slow machine.
    testTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
  },
})
