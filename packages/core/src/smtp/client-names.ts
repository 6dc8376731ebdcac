import { domainOf, LITERAL, machineNames } from '../client-name.ts'
import { providerOfHost } from '../providers/lookup.ts'
import type { SmtpSettings } from '../settings/settings.ts'

/**
 * The names to send in EHLO: the first one, and another form of it for a server that refuses the first. A name set by the
 * caller is the only one. Otherwise the full name of this machine, or the domain of the user name or of the sender, and then an
 * address literal.
 *
 * @param sender returns the address of the sender, if it is known; called only if nothing better is
 * @param refused names that this server refused before
 * @param machine the host name of this machine
 */
export function clientNames(
  { clientName, host, auth }: Pick<SmtpSettings, 'clientName' | 'host' | 'auth'>,
  sender?: () => string | undefined,
  refused: ReadonlySet<string> = new Set(),
  machine?: string,
): readonly string[] {
  if (clientName !== undefined) return [clientName]
  const { full, short } = machineNames(machine)
  const domain = full ?? domainOf(auth?.user) ?? domainOf(sender?.())
  const wantsDomain = providerOfHost(host)?.clientName === 'domain'
  const names = [domain, ...(wantsDomain ? [short, LITERAL] : [LITERAL, short])].filter((name) => name !== undefined)
  return names.slice(0, 2).toSorted((a, b) => Number(refused.has(a)) - Number(refused.has(b)))
}
