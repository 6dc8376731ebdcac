import { mergeConfig } from 'vitest/config'
import base from '../testing/vitest.base.ts'

// Most of these tests wait for a network: two at a time halve that.
export default mergeConfig(base, { test: { maxWorkers: 2 } })
