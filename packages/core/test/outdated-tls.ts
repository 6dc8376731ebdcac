import { getDiffieHellman, randomBytes, webcrypto } from 'node:crypto'
import type { SecureContextOptions } from 'node:tls'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { der, pemOf, sequence } from './der.ts'

/** A TLS server that prefers Diffie-Hellman with parameters of 1024 bits, and has elliptic curves as well. */
export async function withShortParameters(): Promise<{ readonly ca: string; readonly context: SecureContextOptions }> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  })
  const cert = certificate.toString('pem')
  const key = pemOf('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)))
  const ciphers = 'DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0'
  return { ca: cert, context: { key, cert, ciphers, honorCipherOrder: true, maxVersion: 'TLSv1.2', dhparam: shortParameters() } }
}

/** The group of RFC 2409 §6.2, 1024 bits, as a PEM of PKCS #3: the shortest parameters that Node accepts. */
function shortParameters(): string {
  const prime = Buffer.concat([Buffer.of(0), getDiffieHellman('modp2').getPrime()])
  return pemOf('DH PARAMETERS', sequence(der(0x02, prime), der(0x02, Buffer.of(2))))
}

/** A ServerHello without extensions, as servers older than RFC 5746 send it. The cipher suite is one that clients offer. */
export function oldServerHello(minorVersion: 1 | 3): Buffer {
  const hello = Buffer.concat([Buffer.of(3, minorVersion), randomBytes(32), Buffer.of(0, 0xc0, 0x2f, 0)])
  return Buffer.concat([Buffer.of(0x16, 3, minorVersion, 0, hello.length + 4, 2, 0, 0, hello.length), hello])
}
