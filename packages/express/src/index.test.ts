import { expect, it } from 'vitest'

it('has these public names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual([
    'attachMailer',
    'smtpHealth',
    'smtpLiveness',
    'smtpSettingsCheck',
  ])
})
