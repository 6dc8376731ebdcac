import { randomBytes, webcrypto } from 'node:crypto'
import { BasicConstraintsExtension, ExtendedKeyUsageExtension, Extension, type JsonGeneralName, type KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'

/** A certificate with its private key. */
export interface Issued {
  readonly subject: string
  /** PEM. */
  readonly cert: string
  /** PEM. */
  readonly key: string
  readonly keys: webcrypto.CryptoKeyPair
  readonly algorithm: SigningAlgorithm
}

type SigningAlgorithm = EcKeyGenParams & { readonly hash: string }
type EcKeyGenParams = { readonly name: string; readonly namedCurve?: string; readonly modulusLength?: number; readonly publicExponent?: Uint8Array }

/** What is issued. The defaults are those of a valid certificate. */
export interface Request {
  readonly subject?: string
  /** Unset: self-signed. */
  readonly signer?: Issued | undefined
  /** The key that signs, if it is not the signer's. */
  readonly signingKeys?: webcrypto.CryptoKeyPair
  /** The key that is certified. Unset: a new one. */
  readonly keys?: webcrypto.CryptoKeyPair
  readonly algorithm?: SigningAlgorithm
  /** Seconds from now. @default a day ago to a day from now */
  readonly validity?: readonly [from: number, until: number]
  /** Hexadecimal. @default random */
  readonly serial?: string
  readonly extensions: readonly Extension[]
}

export const p256: SigningAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
export const rsa = (modulusLength: number, hash = 'SHA-256'): SigningAlgorithm => ({ name: 'RSASSA-PKCS1-v1_5', modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash })

const DAY = 86_400

/** Issues a certificate with exactly these extensions. */
export async function issue({ subject = '', signer, signingKeys, keys, algorithm = p256, validity = [-DAY, DAY], serial, extensions }: Request): Promise<Issued> {
  const own = keys ?? (await newKeys(algorithm))
  const signing = signer?.algorithm ?? algorithm
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial ?? `01${randomBytes(8).toString('hex')}`,
    subject,
    issuer: signer?.subject ?? subject,
    notBefore: new Date(Date.now() + validity[0] * 1_000),
    notAfter: new Date(Date.now() + validity[1] * 1_000),
    publicKey: own.publicKey,
    signingKey: (signingKeys ?? signer?.keys ?? own).privateKey,
    signingAlgorithm: signing,
    extensions: [...extensions],
  })
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`
  return { subject, cert: certificate.toString('pem'), key, keys: own, algorithm }
}

export async function newKeys(algorithm: SigningAlgorithm = p256): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
}

export const basic = (isAuthority: boolean, pathLength?: number, critical = true) => new BasicConstraintsExtension(isAuthority, pathLength, critical)
export const usage = (...flags: readonly KeyUsageFlags[]) => new KeyUsagesExtension(flags.reduce((all, flag) => (all | flag) as KeyUsageFlags), true)
const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', any: '2.5.29.37.0' } as const
export const purpose = (name: keyof typeof purposes, critical = false) => new ExtendedKeyUsageExtension([purposes[name]], critical)
export const alternative = (names: readonly JsonGeneralName[], critical = false) => new SubjectAlternativeNameExtension([...names], critical)
export const dns = (...names: readonly string[]) => alternative(names.map((value) => ({ type: 'dns', value })))
export const ip = (...names: readonly string[]) => alternative(names.map((value) => ({ type: 'ip', value })))
/** An extension that no software knows. */
export const unknown = (critical: boolean) => new Extension('1.3.6.1.4.1.99999.1', critical, tlv(0x04, Buffer.from('x')))
export const authorityKey = (identifier: string, critical = false) => new Extension('2.5.29.35', critical, tlv(0x30, tlv(0x80, Buffer.from(identifier))))
export const subjectKey = (identifier: string, critical = false) => new Extension('2.5.29.14', critical, tlv(0x04, Buffer.from(identifier)))

/** A name constraint: a DNS suffix, or an IPv4 address with its mask. */
type Subtree = string | { readonly ip: readonly number[] }

/** RFC 5280 §4.2.1.10 */
export function constraints({ permitted = [], excluded = [] }: { readonly permitted?: readonly Subtree[]; readonly excluded?: readonly Subtree[] }, critical = true): Extension {
  const parts = [permitted, excluded].map((subtrees, index) => (subtrees.length > 0 ? tlv(0xa0 + index, ...subtrees.map(subtree)) : Buffer.alloc(0)))
  return new Extension('2.5.29.30', critical, tlv(0x30, ...parts))
}

function subtree(one: Subtree): Buffer {
  return tlv(0x30, typeof one === 'string' ? tlv(0x82, Buffer.from(one)) : tlv(0x87, Buffer.from(one.ip)))
}

/** A DER element of up to 127 octets. */
function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.of(tag, body.length), body])
}
