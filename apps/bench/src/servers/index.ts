import { aiosmtpd } from './aiosmtpd.ts'
import { dovecot } from './dovecot.ts'
import { exim } from './exim.ts'
import { maildev } from './maildev.ts'
import { opensmtpd } from './opensmtpd.ts'
import { postfix } from './postfix.ts'
import { haraka } from './haraka.ts'
import type { MailServer } from './server.ts'
import { smtpServer } from './smtp-server.ts'

export type { MailServer, RunningServer } from './server.ts'

/** The servers that the probe tests run against. */
export const mailServers: readonly MailServer[] = [
  postfix,
  exim,
  dovecot,
  opensmtpd,
  aiosmtpd,
  smtpServer,
  maildev,
  haraka,
]
