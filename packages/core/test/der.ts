/** Always encodes the length in two bytes, which is enough for these values. DER asks for fewer, and OpenSSL accepts it (X.690 §8.1.3.5). */
export function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag, 0x82, content.length >> 8, content.length & 0xff), content])
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

/** Binary data as PEM (RFC 7468). */
export function pemOf(label: string, data: Buffer): string {
  return `-----BEGIN ${label}-----\n${data.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}
