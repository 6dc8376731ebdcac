import type { SubmissionFailed } from '@postern/core/submission'
import type { Secrets } from '../options/secrets.ts'

type Reply = NonNullable<SubmissionFailed['reply']>

/** A reply in nodemailer's form, without secrets. */
export function responseOf({ code, lines }: Reply, secrets: Secrets): string {
  const last = lines.length - 1
  return secrets.hide(lines.map((text, index) => `${code}${index < last ? '-' : ' '}${text}`).join('\n'))
}
