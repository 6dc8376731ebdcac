import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

/** Payload's adapter imports one error class from `payload`, which is 113 MB: a stub replaces it. */
export default mergeConfig(base, {
  resolve: { alias: { payload: fileURLToPath(new URL('src/payload-errors.ts', import.meta.url)) } },
  test: { server: { deps: { inline: ['@payloadcms/email-nodemailer'] } } },
})
