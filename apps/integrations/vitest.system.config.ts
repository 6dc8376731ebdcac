/** Tests with a real Redis and a real PostgreSQL. */
export { default } from '../../packages/testing/vitest.system.base.ts'
