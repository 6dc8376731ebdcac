import { catalogue } from './catalogue.ts'
import { expand, type Provider } from './provider.ts'

interface Directory {
  readonly all: readonly Provider[]
  readonly byHost: ReadonlyMap<string, Provider>
  /** Providers with one host per region. */
  readonly regional: readonly Provider[]
}

let directory: Directory | undefined

/** The catalogue is expanded at the first use, so that importing this module is cheap. */
function getDirectory(): Directory {
  if (directory) return directory
  const all = catalogue.map(expand)
  return (directory = {
    all,
    byHost: new Map(all.flatMap((provider) => provider.hosts.filter((host) => !isPattern(host)).map((host) => [host, provider]))),
    regional: all.filter(({ hosts }) => hosts.some(isPattern)),
  })
}

/** Every provider in the catalogue. */
export function providers(): readonly Provider[] {
  return getDirectory().all
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
  return providerOfHost(name) ?? providers().find(({ domains }) => domains.includes(name))
}

/** The provider of a submission host. A mail domain does not match: `gmail.com` accepts no submissions. */
export function providerOfHost(host: string): Provider | undefined {
  const name = canonical(host)
  const { byHost, regional } = getDirectory()
  return byHost.get(name) ?? regional.find(({ hosts }) => hosts.some((pattern) => matches(pattern, name)))
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
