import type { MailSetup } from './mail-setup.ts'
import { Problem } from './problem.ts'

/** The received messages, as `GET /inbox` shows them. */
export function inboxOf({ inbox }: Pick<MailSetup, 'inbox'>) {
  if (!inbox) throw new Problem(404, 'The inbox exists only with the embedded provider, not with your own server.')
  return inbox().map(({ id, from, to, subject, text, port, receivedAt }) => ({ id, from, to, subject, text, port, receivedAt }))
}
