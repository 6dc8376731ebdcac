/** The MAIL command, with SMTPUTF8 if an address needs it and the server offers it (RFC 6531 §3.4). */
export function mailFrom(from: string, to: readonly string[], hasSmtpUtf8: boolean): string {
  return `MAIL FROM:<${from}>${hasSmtpUtf8 && [from, ...to].some(isInternational) ? ' SMTPUTF8' : ''}`
}

/** The RCPT command. */
export function rcptTo(address: string): string {
  return `RCPT TO:<${address}>`
}

/** Whether an address needs SMTPUTF8 (RFC 6531). */
function isInternational(address: string): boolean {
  return /[\u0080-\uffff]/.test(address)
}
