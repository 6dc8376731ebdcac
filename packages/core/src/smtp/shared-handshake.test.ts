import { expect, it } from 'vitest'
import { sharedHandshake } from './shared-handshake.ts'
import type { Handshake } from './start-tls.ts'

const handshake = (fingerprint256: string | undefined, cipher = 'TLS_AES_256_GCM_SHA384'): Handshake => ({
  protocol: 'TLSv1.3',
  cipher,
  certificate: { subject: { CN: 'mail.test' }, fingerprint256 },
})

it('gives the same object for the same certificate, protocol and cipher', () => {
  const first = sharedHandshake(handshake('AA'))
  expect(first).toMatchObject(handshake('AA'))
  expect(sharedHandshake(handshake('AA'))).toBe(first)
  expect(sharedHandshake(handshake('BB'))).not.toBe(first)
  expect(sharedHandshake(handshake('AA', 'TLS_CHACHA20_POLY1305_SHA256'))).not.toBe(first)
})

it('shares nothing without a certificate', () => {
  expect(sharedHandshake(handshake(undefined))).not.toBe(sharedHandshake(handshake(undefined)))
})

it('forgets the oldest where there are many', () => {
  const oldest = sharedHandshake(handshake('oldest'))
  for (let index = 0; index < 100; index++) sharedHandshake(handshake(`server ${index}`))
  expect(sharedHandshake(handshake('oldest'))).not.toBe(oldest)
})
