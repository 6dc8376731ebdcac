import { diagnose, type Locale, printable, redact, type SmtpSettings } from '@postern/core'

/**
 * Explains an error of a part that still sends with nodemailer alone, or of Node's sockets. For an operator, with what the server said:
 * servers repeat passwords and may send control characters, so the text of the error itself must not be logged.
 */
export function explainError(error: unknown, { host, port, auth }: SmtpSettings, locale: Locale = 'en'): string {
  const { code, message, advice } = diagnose(error, { host, port, locale })
  const { response } = error as { readonly response?: string }
  return [`${message} ${advice} (${code})`, ...(response ? [`The server said: ${printable(redact(response, auth))}`] : [])].join('\n')
}
