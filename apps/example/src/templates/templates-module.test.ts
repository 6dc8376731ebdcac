import { NestFactory } from '@nestjs/core'
import { MailerStartupError } from '@postern/nestjs'
import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { unusedMail } from '../../test/mail-setup.ts'
import { TemplatesModule } from './templates-module.ts'

it('does not start when no port opens, and has the failure of each port', async () => {
  const provider = await startProvider({ faults: { 587: 'refuse', 2525: 'no-starttls', 465: 'certificate-expired' } })
  onTestFinished(() => provider.close())
  const starting = NestFactory.createApplicationContext(TemplatesModule.for({ ...unusedMail, settings: provider.settings }), { logger: false, abortOnError: false })
  const error: unknown = await starting.catch((error: unknown) => error)
  expect(error).toBeInstanceOf(MailerStartupError)
  const { attempts, advice } = error as MailerStartupError
  expect(new Set(attempts.map(({ failure }) => failure?.code))).toEqual(new Set(['certificate-expired', 'connect-refused', 'starttls-not-offered']))
  expect(advice).not.toBe('')
})
