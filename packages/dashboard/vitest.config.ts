export { default } from '../testing/vitest.base.ts'
