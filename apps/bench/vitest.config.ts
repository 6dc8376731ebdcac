export { default } from '../../packages/testing/vitest.base.ts'
