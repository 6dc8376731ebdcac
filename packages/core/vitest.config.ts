import { mergeConfig } from 'vitest/config'
import base from '../testing/vitest.base.ts'

// A test that leaks waits for its own limit, and a busy machine is no leak.
export default mergeConfig(base, { test: { testTimeout: 20_000 } })
