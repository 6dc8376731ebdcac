/** Tests in a real browser. */
export { default } from '../testing/vitest.system.base.ts'
