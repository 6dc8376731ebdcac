import type { Texts } from '../text/index.ts'
import type { FailureReason } from './failure.ts'
import { type ServerReply, textOfReply } from './rate-limit.ts'

/** What is known about a login that was refused. */
export interface RefusedLogin {
  /** Whether an access token was sent, not a password. */
  readonly isToken?: boolean | undefined
  /** The kinds of login that the provider accepts; empty if unknown. */
  readonly kinds?: readonly (keyof Texts['logins'])[] | undefined
}

/**
 * What the servers say, with the code first: `535 5.7.139 Authentication unsuccessful, …`. The first match counts: words are more
 * specific than an enhanced code, which Microsoft uses for five causes and RFC 4954 for others than Google.
 */
const replies: readonly (readonly [FailureReason, RegExp])[] = [
  ['too-many-attempts', /too many (?:\w+ ){0,3}(?:attempts|logins|failures)|login frequency limited/i],
  ['smtp-auth-disabled', /smtpclientauthentication is disabled|smtp_auth_disabled|does not have access rights to this service|user has no permission|smtp (?:auth(?:entication)?|service|access) is (?:disabled|not enabled)/i],
  ['basic-auth-disabled', /basic auth(?:entication)? is (?:disabled|not supported)|^\d+ 5\.7\.30\b/i],
  ['blocked-by-policy', /did not meet the criteria|security defaults|conditional access/i],
  ['app-password-required', /app(?:lication)?[- ](?:specific )?password|service-specific password|authorization code|invalidsecondfactor/i],
  ['browser-login-required', /log ?in (?:via|with|through) your web browser|webloginrequired|^\d+ 5\.7\.14\b/i],
  ['address-not-allowed', /^525 |unauthori[sz]ed ip|ip (?:address )?(?:is )?not (?:allowed|authori[sz]ed|whitelisted)/i],
  ['account-disabled', /account (?:\S+ )?(?:is |has been )?(?:disabled|suspended|locked|closed|blocked|abnormal)|user is (?:locked|disabled)|^\d+ 5\.7\.13\b/i],
  ['mechanism-not-accepted', /(?:invalid|unsupported|unrecogni[sz]ed|unknown) (?:authentication |auth |sasl )?(?:mechanism|method|type)|mechanism (?:is )?(?:not supported|too weak)|encryption required/i],
  ['unknown-user', /(?:unknown|no such|nonexistent|non-existent) (?:user|account|mailbox)\b(?! or )|(?:user|account)(?:name)? (?:not found|unknown|does not exist|doesn't exist)/i],
  ['wrong-credentials', /credentials|(?:bad|invalid|incorrect|wrong) (?:user|login|pass)|password not accepted/i],
  ['basic-auth-disabled', /^\d+ 5\.7\.139\b/],
  ['wrong-credentials', /^535 5\.7\.8\b|^535 (?!\d\.)/],
]

/**
 * Reads why a login was refused.
 *
 * @returns `undefined` where the reply does not say it
 */
export function reasonOfRefusal(reply: ServerReply, { isToken = false, kinds = [] }: RefusedLogin): FailureReason | undefined {
  const { code, enhancedCode } = reply
  // RFC 4954 §6 has 5.7.9 for a mechanism that is too weak; the providers with app passwords use it for these.
  if (enhancedCode === '5.7.9' && kinds.includes('app-password')) return 'app-password-required'
  // The enhanced code stands at the beginning of the text, too, where the server sent one.
  const text = textOfReply(reply)
  const line = `${code} ${enhancedCode !== undefined && !text.startsWith(enhancedCode) ? `${enhancedCode} ` : ''}${text}`
  const reason = replies.find(([, pattern]) => pattern.test(line))?.[0] ?? (enhancedCode === '5.7.9' ? 'mechanism-not-accepted' : undefined)
  return isToken && (reason === undefined || passwordOnly.has(reason)) ? 'token-rejected' : reason
}

/** Reasons that make no sense for an access token. */
const passwordOnly: ReadonlySet<FailureReason> = new Set(['wrong-credentials', 'app-password-required', 'basic-auth-disabled'])
