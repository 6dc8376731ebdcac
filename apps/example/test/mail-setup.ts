import { parseSettings } from '@postern/core'
import type { MailSetup } from '../src/mail-setup.ts'

/** Mail through a server that a test does not contact. */
export const unusedMail: MailSetup = {
  settings: parseSettings({ host: 'smtp.example.com', auth: { user: 'app@example.com', pass: 'secret-word' } }),
  transport: {},
  dial: undefined,
  from: 'app@example.com',
  to: 'ada@example.com',
  introduction: '',
  check: {},
  inbox: undefined,
  embedded: undefined,
  close: async () => {},
}
