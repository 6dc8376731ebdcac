import { createPrivateKey, X509Certificate } from 'node:crypto'
import { der, sequence } from './der.ts'

/** A PKCS #12 file with a key and its certificate, without a password (RFC 7292). */
export function pfxOf({ key, cert }: { readonly key: string; readonly cert: string }): Buffer {
  const certificate = sequence(x509Certificate, tagged(0, octets(new X509Certificate(cert).raw)))
  const bags = sequence(
    sequence(keyBag, tagged(0, createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }))),
    sequence(certBag, tagged(0, certificate)),
  )
  return sequence(der(0x02, Buffer.of(3)), data(sequence(data(bags))))
}

const pkcs12Bag = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01]
const keyBag = identifier(...pkcs12Bag, 1)
const certBag = identifier(...pkcs12Bag, 3)
const x509Certificate = identifier(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01)
const pkcs7Data = identifier(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01)

function data(content: Buffer): Buffer {
  return sequence(pkcs7Data, tagged(0, octets(content)))
}

function identifier(...bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes))
}

function octets(content: Buffer): Buffer {
  return der(0x04, content)
}

function tagged(number: number, content: Buffer): Buffer {
  return der(0xa0 + number, content)
}
