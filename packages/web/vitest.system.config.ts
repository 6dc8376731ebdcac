import { defineConfig } from 'vitest/config'
import base from '../testing/vitest.system.base.ts'

/** Tests with frameworks that npm installs in a temporary folder. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    // Frameworks print.
    setupFiles: [],
    silent: 'passed-only',
    // Installing and building are slow.
    hookTimeout: 600_000,
  },
})
