import { providers } from './lookup.ts'
import type { Provider } from './provider.ts'

/** A provider that was named in place of a host. */
export interface Service {
  readonly provider: Provider
  readonly host: string
}

/**
 * Finds what nodemailer's `service` option names: by its own names there, by ours, by a mail domain. A region at the
 * end of the name picks the host: `SES-EU-WEST-1`.
 */
export function findService(name: string): Service | undefined {
  const wanted = plain(name)
  for (const provider of providers()) {
    const { id, hosts, domains, aliases } = provider
    const [first] = hosts as readonly [string]
    const named = [id, provider.name, ...aliases, ...domains].some((one) => plain(one) === wanted)
    if (first.includes('*')) {
      // nodemailer means this region when the name has none.
      const region = named ? 'us-east-1' : aliases.map((one) => after(`${plain(one)}-`, wanted)).find(Boolean)
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

/** nodemailer compares names without regard to case, spaces and punctuation. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.-]/g, '')
}
