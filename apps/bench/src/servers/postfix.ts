import { ensurePackages, startPostfix } from '../postfix/index.ts'
import type { MailServer } from './server.ts'

/** Debian's Postfix, shared with the other system tests. */
export const postfix: MailServer = {
  name: 'Postfix',
  facts: {
    greeting: /^mail\.postern\.test ESMTP Postfix/,
    capabilities: 'PIPELINING SIZE VRFY ETRN AUTH ENHANCEDSTATUSCODES 8BITMIME DSN SMTPUTF8 CHUNKING'.split(' '),
    mechanisms: ['PLAIN', 'LOGIN'],
    offersAuthInClear: false,
    hasStartTls: true,
    refusedLogin: /SASL \S+ authentication failed/g,
  },
  start: async () => {
    await ensurePackages()
    return await startPostfix()
  },
}
