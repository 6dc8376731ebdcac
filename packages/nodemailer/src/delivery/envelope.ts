import type { Dsn, Envelope } from '@postern/core/submission'
import type { MailMessage } from 'nodemailer'

/** Converts the envelope of a nodemailer message. */
export interface GivenEnvelope {
  readonly from?: unknown
  readonly to?: unknown
  readonly size?: unknown
  readonly use8BitMime?: unknown
  readonly dsn?: unknown
}

/** Thrown for an envelope that nodemailer would reject as well. */
export class EnvelopeError extends Error {}

/**
 * Converts the envelope of a nodemailer message.
 *
 * @param given the result of `message.getEnvelope()`
 * @throws EnvelopeError for invalid options of delivery status notifications
 */
export function envelopeOf(given: GivenEnvelope, data: MailMessage['data']): Envelope {
  const { from, to, size, use8BitMime, dsn } = given
  const { requireTLSExtensionEnabled: requireTls } = data as { readonly requireTLSExtensionEnabled?: boolean }
  const octets = Number(size) || undefined
  const notifications = data.dsn ?? dsn
  return {
    from: addressOf(from),
    to: [to ?? []].flat().map(addressOf),
    ...(octets && octets > 0 && { size: octets }),
    ...(use8BitMime ? { use8BitMime: true } : undefined),
    ...(notifications ? { dsn: dsnOf(notifications) } : undefined),
    ...(requireTls && { requireTls: true }),
  }
}

/** An address as nodemailer gives it. */
export function addressOf(given: unknown): string {
  const address = (given as { readonly address?: unknown } | null | undefined)?.address || given
  return typeof address === 'string' ? address.trim() : ''
}

const returned: Readonly<Record<string, string>> = { HDRS: 'HDRS', HEADERS: 'HDRS', FULL: 'FULL', BODY: 'FULL' }
const notices: ReadonlySet<string> = new Set(['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'])

/** nodemailer's names and values for RFC 3461. */
function dsnOf(given: object): Dsn {
  const { ret, return: alias, envid, id, notify, recipient, orcpt } = given as Readonly<Record<string, unknown>>
  const wanted = textOf(ret || alias)?.toUpperCase()
  if (wanted && !returned[wanted]) throw new EnvelopeError(`Invalid DSN ret: ${JSON.stringify(wanted)}`)
  const list = (typeof notify === 'string' ? notify.split(',') : ((notify as readonly string[] | undefined) ?? [])).map((one) => one.trim().toUpperCase())
  if (list.some((one) => !notices.has(one)) || (list.length > 1 && list.includes('NEVER'))) {
    throw new EnvelopeError(`Invalid DSN notify: ${JSON.stringify(list.join(','))}`)
  }
  const original = textOf(recipient || orcpt)
  return {
    ret: wanted && returned[wanted],
    envid: textOf(envid || id),
    notify: list.length > 0 ? list.join(',') : undefined,
    orcpt: original && !original.includes(';') ? `rfc822;${original}` : original,
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined
}
