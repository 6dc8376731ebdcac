/** Whether an address needs SMTPUTF8 (RFC 6531). */
export function isInternational(address: string): boolean {
  return /[\u0080-\uffff]/.test(address)
}
