import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import base from '../../packages/testing/vitest.base.ts'

/** Payload's adapter imports one error class from `payload`, which is 113 MB: a stub replaces it. Of Medusa's framework, the package with the base class is installed. */
export default mergeConfig(base, {
  resolve: {
    alias: {
      payload: fileURLToPath(new URL('src/hosts/payload-errors.ts', import.meta.url)),
      '@medusajs/framework/utils': fileURLToPath(new URL('src/hosts/medusa-framework-utils.ts', import.meta.url)),
    },
  },
  test: { server: { deps: { inline: ['@payloadcms/email-nodemailer'] } } },
})
