import { lookupProvider } from '../providers/lookup.ts'
import type { Issue } from './issue.ts'
import { isEmpty, isRecord } from './values.ts'

type Raw = Readonly<Record<string, unknown>>

/**
 * Reads `account`, the first field of a settings form: a host, or an e-mail address, which stands for the server of its provider
 * and for the user name. A host or a user name of their own take precedence.
 */
export function readAccount(raw: Raw, issues: Issue[]): Raw {
  const { account, ...rest } = raw
  if (typeof account !== 'string') return isEmpty(account) ? rest : raw
  const text = account.trim()
  if (!/^[^@:/\s]+@[^@:/\s]+$/.test(text)) return isEmpty(rest.host) ? { ...rest, host: text } : rest
  const provider = lookupProvider(text)
  const host = isEmpty(rest.host) ? provider?.hosts.find((one) => !one.includes('*')) : rest.host
  if (host === undefined) issues.push({ path: 'host', code: 'account-unknown' })
  const user = typeof provider?.login.user === 'object' ? provider.login.user.fixed : text
  return { ...withUser(rest, user), host }
}

function withUser(raw: Raw, user: string): Raw {
  const { auth } = raw
  if (isRecord(auth)) return isEmpty(auth.user) ? { ...raw, auth: { ...auth, user } } : raw
  return isEmpty(raw.user) ? { ...raw, user } : raw
}

/** An issue with the host is one with the account, if it was given there. */
export function inAccount(issue: Issue, { account, host }: Raw): Issue {
  if (issue.path !== 'host' || isEmpty(account) || !isEmpty(host)) return issue
  const { host: suggested, ...suggestion } = issue.suggestion ?? {}
  return { ...issue, path: 'account', suggestion: suggested === undefined ? issue.suggestion : { account: suggested, ...suggestion } }
}
