import { catalogue, type Row } from './catalogue.ts'
import { expand, type Provider } from './provider.ts'

interface Directory {
  readonly byHost: ReadonlyMap<string, Row>
  /** Providers with one host per region. */
  readonly regional: readonly Row[]
}

let directory: Directory | undefined
const expanded = new Map<Row, Provider>()

/** Created at the first use, so that importing this module is cheap. */
function getDirectory(): Directory {
  return (directory ??= {
    byHost: new Map(catalogue.flatMap((row) => hostsOf(row).filter((host) => !isPattern(host)).map((host) => [host, row]))),
    regional: catalogue.filter(({ hosts }) => isPattern(hosts)),
  })
}

/** Most processes use one provider, so each row is expanded at its first use. */
function providerOf(row: Row): Provider {
  let provider = expanded.get(row)
  if (!provider) expanded.set(row, (provider = expand(row)))
  return provider
}

/** Every provider in the catalogue. */
export function providers(): readonly Provider[] {
  return catalogue.map(providerOf)
}

/**
 * Finds a mail provider by its submission host, or by a mail domain or e-mail address that it serves.
 *
 * @returns `undefined` for any other name
 * @example
 * lookupProvider('smtp.mailpro.com')?.ports[0] // { port: 587, security: 'starttls' }
 * lookupProvider('ada@gmail.com')?.login.kinds // ['oauth2', 'app-password']
 */
export function lookupProvider(hostOrDomain: string): Provider | undefined {
  const name = canonical(hostOrDomain.slice(hostOrDomain.lastIndexOf('@') + 1))
  const known = providerOfHost(name)
  if (known) return known
  const row = catalogue.find(({ domains }) => domains?.split(' ').includes(name))
  return row && providerOf(row)
}

/** The provider of a submission host. A mail domain does not match: `gmail.com` accepts no submissions. */
export function providerOfHost(host: string): Provider | undefined {
  const name = canonical(host)
  const { byHost, regional } = getDirectory()
  const row = byHost.get(name) ?? regional.find((one) => hostsOf(one).some((pattern) => matches(pattern, name)))
  return row && providerOf(row)
}

function hostsOf({ hosts }: Row): string[] {
  return hosts.split(' ')
}

function canonical(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '')
}

function isPattern(host: string): boolean {
  return host.includes('*')
}

function matches(pattern: string, name: string): boolean {
  const [before, after] = pattern.split('*') as [string, string?]
  if (after === undefined) return false
  const label = name.slice(before.length, -after.length)
  return name === before + label + after && /^[a-z0-9-]+$/.test(label)
}
