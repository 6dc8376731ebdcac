import { expect, it } from 'vitest'

it('has these public names', async () => {
  expect(Object.keys(await import('./http.ts')).sort()).toEqual([
    'createHealthRoute',
    'createSettingsCheck',
    'createSettingsCheckRoute',
    'healthDetails',
    'livenessAnswer',
    'localeFrom',
    'problemAnswer',
  ])
})
