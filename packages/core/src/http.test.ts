import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isAllowed } from './http.ts'

it('has these public names', async () => {
  expect(Object.keys(await import('./http.ts')).sort()).toEqual([
    'assertAuthorize',
    'closeAfterLastMessage',
    'createHealthRoute',
    'createJsonRoute',
    'createSettingsCheck',
    'createSettingsCheckRoute',
    'healthDetails',
    'healthMonitorFor',
    'isAllowed',
    'livenessResponse',
    'localeFrom',
    'observedHealth',
    'overNodeHttp',
    'overWebHttp',
    'problemResponse',
    'sendResponse',
    'stateInLocale',
    'systemClock',
    'toResponse',
  ])
})

it.each<[what: string, check: () => unknown, isGranted: boolean]>([
  ['true', () => true, true],
  ['a promise of true', async () => true, true],
  ['a truthy value', () => 'yes', false],
  ['undefined', () => undefined, false],
  ['an exception', () => { throw new Error('unknown user') }, false],
  ['a rejection', () => Promise.reject(new Error('unknown user')), false],
])('returns whether access is granted: %s', async (_, check, isGranted) => expect(await isAllowed(check)).toBe(isGranted))

/** A module and every module of this package that it imports, directly or indirectly. */
function reachedFrom(entry: URL, reached = new Set<string>()): Set<string> {
  if (reached.has(entry.href)) return reached
  reached.add(entry.href)
  for (const [, path] of readFileSync(entry, 'utf8').matchAll(/from '(\.[^']*)'/g)) reachedFrom(new URL(path!, entry), reached)
  return reached
}

it('loads the rate limiter, which the main entry does not load', () => {
  const limits = new URL('guard/limits.ts', import.meta.url).href
  expect(reachedFrom(new URL('http.ts', import.meta.url))).toContain(limits)
  expect(reachedFrom(new URL('index.ts', import.meta.url))).not.toContain(limits)
})
