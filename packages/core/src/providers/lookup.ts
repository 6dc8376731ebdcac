import { catalogue } from './catalogue.ts'
import { expand, type Provider } from './provider.ts'

interface Directory {
  readonly all: readonly Provider[]
  readonly byHost: ReadonlyMap<string, Provider>
  /** Those with a host for each region. */
  readonly regional: readonly Provider[]
}

let directory: Directory | undefined

/** Read from the catalogue's short form when it is first asked for, so importing costs nothing; then a host is a look-up away. */
function known(): Directory {
  if (directory) return directory
  const all = catalogue.map(expand)
  return (directory = {
    all,
    byHost: new Map(all.flatMap((provider) => provider.hosts.filter((host) => !isPattern(host)).map((host) => [host, provider]))),
    regional: all.filter(({ hosts }) => hosts.some(isPattern)),
  })
}

/** Every provider Postern knows. */
export function providers(): readonly Provider[] {
  return known().all
}

/**
 * Finds a mail provider by its submission host, or by a mail domain or address whose mail goes through it.
 *
 * @returns undefined for everybody else: then the usual ports are all there is to go by
 * @example
 * lookupProvider('smtp.mailpro.com')?.ports[0] // { port: 587, security: 'starttls' }
 * lookupProvider('ada@gmail.com')?.login.kinds // ['oauth2', 'app-password']
 */
export function lookupProvider(hostOrDomain: string): Provider | undefined {
  const name = canonical(hostOrDomain.slice(hostOrDomain.lastIndexOf('@') + 1))
  return providerOfHost(name) ?? providers().find(({ domains }) => domains.includes(name))
}

/** The provider that runs this very host. A mail domain is not one: `gmail.com` takes no submissions. */
export function providerOfHost(host: string): Provider | undefined {
  const name = canonical(host)
  const { byHost, regional } = known()
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
