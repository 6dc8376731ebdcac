import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

/** Payload's adapter takes one error class of payload's, and is left to find it here: payload itself is 113 MB. */
export default mergeConfig(base, {
  resolve: { alias: { payload: fileURLToPath(new URL('src/payload-errors.ts', import.meta.url)) } },
  test: { server: { deps: { inline: ['@payloadcms/email-nodemailer'] } } },
})
