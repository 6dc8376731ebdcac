import { providers } from './lookup.ts'
import type { Provider } from './provider.ts'

/** A provider that was named instead of a host. */
export interface Service {
  /** The provider. */
  readonly provider: Provider
  /** Its submission host. */
  readonly host: string
}

/**
 * Resolves a value of nodemailer's `service` option: a name from its list, one of our names, or a mail domain. A region at
 * the end of the name selects the host: `SES-EU-WEST-1`.
 *
 * @example
 * findService('Outlook365')?.host // 'smtp.office365.com'
 */
export function findService(name: string): Service | undefined {
  const wanted = normalise(name)
  for (const provider of providers()) {
    const { id, hosts, domains, aliases } = provider
    const [first] = hosts as readonly [string]
    const named = [id, provider.name, ...aliases, ...domains].some((one) => normalise(one) === wanted)
    if (first.includes('*')) {
      // nodemailer's default region.
      const region = named ? 'us-east-1' : aliases.map((one) => after(`${normalise(one)}-`, wanted)).find(Boolean)
      if (region) return { provider, host: first.replace('*', region) }
    } else if (named) {
      return { provider, host: first }
    }
  }
  return undefined
}

function after(prefix: string, text: string): string | undefined {
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  return /^[a-z0-9-]+$/.test(rest) ? rest : undefined
}

/** Like nodemailer, ignores case, spaces and punctuation. */
function normalise(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.-]/g, '')
}
