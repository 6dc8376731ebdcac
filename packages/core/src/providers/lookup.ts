import { catalogue } from './catalogue.ts'
import { expand, type Provider } from './provider.ts'

let known: readonly Provider[] | undefined

/** Every provider Postern knows. Read from its short form when it is first asked for, so importing costs nothing. */
export function providers(): readonly Provider[] {
  return (known ??= catalogue.map(expand))
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
  return providers().find(({ hosts }) => hosts.some((pattern) => matches(pattern, name)))
}

function canonical(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '')
}

function matches(pattern: string, name: string): boolean {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === name
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)]
  const label = name.slice(before.length, -after.length)
  return name === before + label + after && /^[a-z0-9-]+$/.test(label)
}
