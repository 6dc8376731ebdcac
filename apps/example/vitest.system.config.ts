import { defineConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.system.base.ts'

/** Tests in Debian's Chromium. */
export default defineConfig({
  ...base,
  // The tour of eight scenes, on a slow machine.
  test: { ...base.test, testTimeout: 180_000 },
})
