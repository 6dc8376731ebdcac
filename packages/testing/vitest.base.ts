import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What every package's tests share. */
export default defineConfig({
  // Packages read each other's source, so a test never meets a stale build.
  resolve: { conditions: ['@postern/source'] },
  ssr: { resolve: { conditions: ['@postern/source'] } },
  test: {
    include: ['src/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('test/setup.ts', import.meta.url))],
    // A hang, not a slow machine, ends a test.
    testTimeout: 60_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
  },
})
