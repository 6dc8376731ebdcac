import { expect, it } from 'vitest'

it('has these public names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'DeliveryError',
    'InjectMailer',
    'InjectMailerService',
    'MailerService',
    'MailerStartupError',
    'PosternHealthIndicator',
    'PosternModule',
    'PosternOptionsError',
    'PosternRoutesModule',
    'PosternTestingModule',
    'createRecordingMailer',
    'getMailerServiceToken',
    'getMailerToken',
  ])
})
