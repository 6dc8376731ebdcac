/** The output of a command without what differs from run to run: times, and the days of a certificate. */
export function stable(text: string): string {
  return text.replaceAll(/\d+(?=\u{A0}ms)|(?<=\b(?:dns|connect|greeting|ehlo|starttls|tls) )\d+/gu, '9').replaceAll(/(?<=certifi\w+ |Zertifikat )\d+/g, '29')
}
