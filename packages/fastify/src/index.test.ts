import { expect, it } from 'vitest'

it('has these public names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['posternPlugin', 'smtpHealth', 'smtpHealthCheck', 'smtpLiveness', 'smtpSettingsCheck'])
})
