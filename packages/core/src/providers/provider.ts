import type { Security } from '../endpoint.ts'
import type { Texts } from '../text/index.ts'
import { securityOfPort } from '../ports.ts'
import type { Row } from './catalogue.ts'

/** The kind of credentials a provider accepts. */
export type LoginKind = keyof Texts['logins']

/** A documented submission port; always encrypted. */
export interface ProviderPort {
  readonly port: number
  readonly security: Exclude<Security, 'none'>
}

/** What a provider documents about its submission service. The sources are in docs/providers.md. */
export interface Provider {
  /** `mailpro` */
  readonly id: string
  /** `Mailpro` */
  readonly name: string
  /** Submission hosts, the main one first; `*` stands for exactly one label. */
  readonly hosts: readonly string[]
  /** Mail domains whose users send through this provider. */
  readonly domains: readonly string[]
  /** Every submission port, in the order the provider recommends. */
  readonly ports: readonly ProviderPort[]
  /** Ports the provider advises against. */
  readonly discouraged: readonly number[]
  readonly login: {
    /** Empty if undocumented. */
    readonly kinds: readonly LoginKind[]
    /** The kind of user name; `undefined` if undocumented. */
    readonly user: 'email' | 'account' | 'api-key' | { readonly fixed: string } | undefined
    /** When passwords are turned off by default, as an ISO date, and the OAuth2 scope to use instead; `undefined` if that is not announced. */
    readonly passwordEnds: { readonly date: string; readonly scope: string } | undefined
  }
  /** `domain`: refuses an address literal in EHLO and wants a domain name. `undefined`: accepts either. */
  readonly clientName: 'domain' | undefined
  /** Further names accepted by the `service` option. */
  readonly aliases: readonly string[]
}

export function expand({ id, name, hosts, domains, ports = '587 465s', discouraged, login, user = login && 'email', passwordEnds, clientName, aliases }: Row): Provider {
  return {
    id: id ?? name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    name,
    hosts: words(hosts),
    domains: words(domains),
    ports: words(ports).map(port),
    discouraged: words(discouraged).map(Number),
    login: {
      kinds: words(login) as LoginKind[],
      user: user?.startsWith('=') ? { fixed: user.slice(1) } : ((user || undefined) as 'email' | undefined),
      passwordEnds,
    },
    clientName,
    aliases: aliases?.split(', ') ?? [],
  }
}

/** The security of a port when the caller sets none: as the provider documents it, otherwise as in the port table. */
export function securityAt(provider: Provider | undefined, port: number): Security {
  return provider?.ports.find((one) => one.port === port)?.security ?? securityOfPort(port)
}

function words(text = ''): string[] {
  return text.split(' ').filter(Boolean)
}

function port(text: string): ProviderPort {
  return { port: Number.parseInt(text, 10), security: text.endsWith('s') ? 'implicit' : 'starttls' }
}
