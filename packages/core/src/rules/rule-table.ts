import type { Texts } from '../text/index.ts'
import { authIncomplete, authMissing } from './auth-rules.ts'
import { hostIsAddress, hostMalformed, hostPrivate } from './host-rules.ts'
import { port25, port465, portUnknown, securityMismatch } from './port-rules.ts'
import { passwordEnds, presetConflict, providerAuth, providerPort } from './provider-rules.ts'
import type { Rule } from './rule.ts'
import { strayInPort, strayInSecret, strayInUser, urlMalformed } from './stray-rules.ts'
import { certificateUnchecked, cleartext, cleartextAuth, starttlsOptional, tlsOutdated } from './tls-rules.ts'

const catalogue = ['docs/providers.md']

/** Every rule, in the order in which findings of the same severity are listed. To add a rule, add a line. */
export const ruleTable = (words: Pick<Texts, 'logins' | 'users'>): readonly Rule[] => [
  { code: 'url-malformed', references: ['RFC 3986 §2.1', 'RFC 3986 §3.2.1'], check: urlMalformed },
  { code: 'host-malformed', references: ['RFC 5321 §4.1.2', 'RFC 1123 §2.1'], check: hostMalformed },
  { code: 'cleartext-auth', references: ['RFC 8314 §5.2', 'RFC 4954 §4'], check: cleartextAuth },
  { code: 'cleartext', references: ['RFC 8314 §5.2'], check: cleartext },
  { code: 'security-mismatch', references: ['RFC 8314 §3.3', 'RFC 3207 §4'], check: securityMismatch },
  { code: 'starttls-optional', references: ['RFC 3207 §6', 'RFC 8314 §3.3'], check: starttlsOptional },
  { code: 'certificate-unchecked', references: ['RFC 8314 §5', 'RFC 7817'], check: certificateUnchecked },
  { code: 'tls-outdated', references: ['RFC 8996', 'RFC 8997'], check: tlsOutdated },
  { code: 'stray-characters', references: ['RFC 6335 §6'], check: strayInPort },
  { code: 'stray-characters', references: ['RFC 4616 §2'], check: strayInUser },
  { code: 'stray-characters', references: ['RFC 4616 §2'], check: strayInSecret },
  { code: 'auth-incomplete', references: ['RFC 4954 §4'], check: authIncomplete },
  { code: 'auth-missing', references: ['RFC 6409 §4.3'], check: authMissing },
  { code: 'preset-conflict', references: catalogue, check: presetConflict },
  { code: 'provider-port', references: catalogue, check: providerPort },
  { code: 'provider-auth', references: catalogue, check: (subject) => providerAuth(subject, words) },
  { code: 'password-ends', references: catalogue, check: passwordEnds },
  { code: 'host-is-address', references: ['RFC 7817 §3', 'RFC 6125 §1.7.2'], check: hostIsAddress },
  { code: 'host-private', references: ['RFC 1918 §3', 'RFC 6762 Appendix G', 'docs/private-relays.md'], check: hostPrivate },
  { code: 'port-25-submission', references: ['RFC 6409 §3.1'], check: port25 },
  { code: 'port-unknown', references: ['RFC 6409 §3.1', 'RFC 8314 §7.3'], check: portUnknown },
  { code: 'port-465-legacy', references: ['RFC 8314 §3.3', 'RFC 8314 §7.3'], check: port465 },
]
