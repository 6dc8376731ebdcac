import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as core from '../index.ts'
import { en } from './en.ts'

const statements = readFileSync(new URL('../../../../docs/statements.md', import.meta.url), 'utf8')
const rows = statements.split('\n').filter((line) => line.startsWith('| ') && !line.endsWith(' in Postern |'))
const paths = [...statements.matchAll(/`([a-z]+(?:\.[a-z0-9-]+)+)`/g)]
  .map(([, path]) => path!)
  .filter((path) => Object.hasOwn(en, path.split('.')[0]!))

it('references only texts that exist', () => {
  expect(paths.length).toBeGreaterThan(60)
  expect(paths.filter((path) => at(path) === undefined)).toEqual([])
})

it('references only functions that exist', () => {
  const functions = [...statements.matchAll(/`(\w+)\(\)`/g)].map(([, name]) => name!)
  expect(functions.length).toBeGreaterThan(5)
  expect(functions.filter((name) => !(name in core))).toEqual([])
})

it('has a reference for every statement', () => {
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((row) => !/`[^|]+\|$/.test(row))).toEqual([])
})

it('mentions every finding', () => {
  const variants = new Set(['provider-auth-kind', 'password-ended', 'host-private-trusted'])
  expect(Object.keys(en.findings).filter((code) => !variants.has(code) && !paths.includes(`findings.${code}`))).toEqual(
    [],
  )
})

function at(path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) => (Object.hasOwn(Object(node), key) ? (node as Record<string, unknown>)[key] : undefined),
      en,
    )
}
