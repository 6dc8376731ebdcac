import 'reflect-metadata'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Exception {
  readonly from: string
  /** Absent if it holds for all that this app does not use of the entry. */
  readonly names?: readonly string[]
  /** Why this app does not use them. */
  readonly because: string
}

/** What the packages export, and this app does not use. */
const exceptions: readonly Exception[] = [
  {
    from: '@postern/core',
    names: ['canRenewLogin', 'canTryNextEndpoint', 'createSaslLogin', 'describeFailure', 'diagnoseAttempts', 'resolveLogin'],
    because: 'for code that has the dialogue with the server itself',
  },
  { from: '@postern/core', names: ['assertPositive', 'defaultBudgets', 'isSameEndpoint'], because: 'for code that chooses endpoints itself' },
  { from: '@postern/core', names: ['format', 'textsFor'], because: 'each failure and finding has its texts' },
  { from: '@postern/core', names: ['planEndpoints'], because: 'explainPlan has the same ports, and those that are left out' },
  { from: '@postern/core', names: ['settingsJsonSchema'], because: 'describeSettingsForm contains it' },
  { from: '@postern/core', names: ['findService'], because: 'for the option "service" of nodemailer' },
  { from: '@postern/core/http', because: 'for adapters to further frameworks' },
  { from: '@postern/core/submission', because: 'for adapters to further mailers' },
  { from: '@postern/oauth2', names: ['browserLogin', 'deviceLogin', 'googleBrowserLogin', 'microsoftDeviceLogin'], because: '"npx postern login" signs a person in' },
  { from: '@postern/oauth2', names: ['jwtBearerGrant', 'refreshTokenGrant', 'requestToken'], because: 'token-source.ts has the functions for Microsoft and Google, which use them' },
  { from: '@postern/testing', names: ['faultNames'], because: 'the lab has a choice of faults' },
]

const root = new URL('../../../', import.meta.url)

/** `@postern/core/http`: every entry of every package that is published for import. */
function entries(): readonly string[] {
  return readdirSync(new URL('packages', root)).flatMap((folder) => {
    const { name, publishConfig } = JSON.parse(readFileSync(new URL(`packages/${folder}/package.json`, root), 'utf8')) as Manifest
    return Object.keys(publishConfig.exports ?? {}).map((path) => name + path.slice(1))
  })
}

interface Manifest {
  readonly name: string
  readonly publishConfig: { readonly exports?: Readonly<Record<string, unknown>> }
}

/** `@postern/core: probe`: every value that a file of this app imports. */
function importedNames(): ReadonlySet<string> {
  const folders = ['src', 'test', 'system'].map((folder) => new URL(`../${folder}/`, import.meta.url))
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => new URL(name, folder)))
  return new Set(files.flatMap((file) => importsOf(readFileSync(file, 'utf8'))))
}

function importsOf(code: string): readonly string[] {
  return [...code.matchAll(/^import (?!type )(?:(\w+)(?:, )?)?(?:\{([^}]*)\})? from '(@postern\/[^']+)'/gm)].flatMap(([, byDefault, inBraces = '', from]) => {
    const names = inBraces.split(',').map((name) => name.trim().split(' as ')[0]!)
    return [...names.filter((name) => name !== '' && !name.startsWith('type ')), ...(byDefault ? ['default'] : [])].map((name) => `${from}: ${name}`)
  })
}

/** The exported values of each entry. Some are exported by several packages. */
async function exportedValues(): Promise<ReadonlyMap<string, unknown>> {
  const modules = await Promise.all(entries().map(async (from) => [from, (await import(from)) as object] as const))
  return new Map(modules.flatMap(([from, module]) => Object.entries(module).map(([name, value]) => [`${from}: ${name}`, value])))
}

it('uses every value that the packages export, except those in the table', async () => {
  const exported = await exportedValues()
  const used = new Set([...importedNames()].map((name) => exported.get(name)))
  const unused = [...exported].filter(([, value]) => !used.has(value)).map(([name]) => name)
  const excepted = exceptions.flatMap(({ from, names }) => names?.map((name) => `${from}: ${name}`) ?? unused.filter((name) => name.startsWith(`${from}: `)))
  expect(new Set(unused)).toEqual(new Set(excepted))
})
