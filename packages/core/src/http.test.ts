import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { agrees } from './http.ts'

it('has these public names', async () => {
  expect(Object.keys(await import('./http.ts')).sort()).toEqual([
    'agrees',
    'createHealthRoute',
    'createSettingsCheck',
    'createSettingsCheckRoute',
    'healthDetails',
    'livenessAnswer',
    'localeFrom',
    'problemAnswer',
    'sendAnswer',
  ])
})

it.each<[said: string, ask: () => unknown, may: boolean]>([
  ['true', () => true, true],
  ['true, later', async () => true, true],
  ['what is merely truthy', () => 'yes', false],
  ['nothing', () => undefined, false],
  ['an error', () => { throw new Error('who is that?') }, false],
  ['an error, later', () => Promise.reject(new Error('who is that?')), false],
])('takes %s for what it is', async (_, ask, may) => expect(await agrees(ask)).toBe(may))

/** A module and every module of ours that it imports, however far down. */
function reachedFrom(entry: URL, reached = new Set<string>()): Set<string> {
  if (reached.has(entry.href)) return reached
  reached.add(entry.href)
  for (const [, path] of readFileSync(entry, 'utf8').matchAll(/from '(\.[^']*)'/g)) reachedFrom(new URL(path!, entry), reached)
  return reached
}

it('is what limits requests, and an app that only sends does not load it', () => {
  const limits = new URL('guard/limits.ts', import.meta.url).href
  expect(reachedFrom(new URL('http.ts', import.meta.url))).toContain(limits)
  expect(reachedFrom(new URL('index.ts', import.meta.url))).not.toContain(limits)
})
