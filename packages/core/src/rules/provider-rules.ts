import { SUBMISSION_PORT } from '../ports.ts'
import { providerOfHost } from '../providers/lookup.ts'
import type { Provider } from '../providers/provider.ts'
import { type Texts } from '../text/index.ts'
import type { Found, Subject } from './rule.ts'

export function presetConflict({ service, settings: { host = '' }, given }: Subject): Found | undefined {
  if (!service) return undefined
  const { provider } = service
  const other = host !== '' && providerOfHost(host) !== provider ? host : foreignPort(provider, given)
  if (other === undefined) return undefined
  const expected = `${service.host}: ${portsOf(provider)}`
  return { severity: 'warning', values: { provider: provider.name, given: other, expected } }
}

export function providerPort({ provider, service, given, first, settings }: Subject): Found | undefined {
  if (!provider) return undefined
  const values = { provider: provider.name, ports: portsOf(provider) }
  // The policy excludes every port of the provider.
  const hasNoPort = first === undefined && settings.security === undefined
  if (hasNoPort) return { severity: 'error', values: { ...values, port: SUBMISSION_PORT } }
  const foreign = foreignPort(provider, given)
  if (foreign !== undefined) {
    // `presetConflict` reports this one.
    return service?.provider === provider ? undefined : { severity: 'warning', values: { ...values, port: foreign } }
  }
  const unwise = given.find(({ port }) => provider.discouraged.includes(port))
  return unwise && { severity: 'info', values: { ...values, port: unwise.port }, text: 'provider-port-discouraged' }
}

/** @param words the texts for logins and user names, in the language of the finding */
export function providerAuth(
  { provider, settings: { auth } }: Subject,
  words: Pick<Texts, 'logins' | 'users'>,
): Found | undefined {
  if (!provider || !auth) return undefined
  const { kinds, user } = provider.login
  const values = { provider: provider.name, kinds: kinds.map((kind) => words.logins[kind]).join(', ') }
  const oauth2 = kinds.includes('oauth2')
  if (kinds.length > 0 && ('accessToken' in auth ? !oauth2 : oauth2 && kinds.length === 1)) {
    return { severity: 'warning', values, text: 'provider-auth-kind' }
  }
  if (typeof user === 'object' && auth.user !== user.fixed) {
    return { severity: 'warning', values: { ...values, wanted: words.users.fixed.replace('{word}', user.fixed) } }
  }
  if (user === 'email' && !auth.user.includes('@')) {
    return { severity: 'warning', values: { ...values, wanted: words.users.email } }
  }
  const special = 'pass' in auth && kinds.length > 0 && !kinds.includes('password')
  return special ? { severity: 'info', values, text: 'provider-auth-kind' } : undefined
}

/** The provider turns off passwords by default, or has done so. Administrators may allow them for longer, so this is no error. */
export function passwordEnds({ provider, settings: { auth }, now }: Subject): Found | undefined {
  const { passwordEnds: ends } = provider?.login ?? {}
  if (!ends || !auth || !('pass' in auth)) return undefined
  const hasEnded = now >= Date.parse(ends.date)
  return { severity: 'warning', values: { provider: provider!.name, ...ends }, ...(hasEnded && { text: 'password-ended' }) }
}

function foreignPort({ ports }: Provider, given: Subject['given']): number | undefined {
  return given.find(({ port }) => !ports.some((one) => one.port === port))?.port
}

/** The recommended ports, in the provider's order. */
function portsOf({ ports, discouraged }: Provider): string {
  const good = ports.filter(({ port }) => port !== 25 && !discouraged.includes(port))
  return good.map(({ port }) => port).join(', ')
}
