import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

/** A server certificate and its authority. */
export interface Certificates {
  /** The authority's certificate, PEM. */
  readonly ca: string
  /** PEM files with the server's key and certificate. */
  readonly keyFile: string
  readonly certificateFile: string
  /** A PEM file with the server's key, then its certificate. */
  readonly chainFile: string
}

/** Creates an authority and a server certificate for a name and an address, valid for 60 days: longer than the warning before an expiry. */
export async function makeCertificates(folder: string, name: string, address: string): Promise<Certificates> {
  const at = (file: string): string => join(folder, file)
  await writeFile(at('ca.cnf'), configuration('Postern test authority', authority))
  await writeFile(at('server.cnf'), configuration(name, [...server, `subjectAltName = DNS:${name}, IP:${address}`]))
  await run('openssl', [...request, '-config', at('ca.cnf'), '-keyout', at('ca.key'), '-out', at('ca.pem')])
  const issuer = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')]
  const issued = ['-keyout', at('server.key'), '-out', at('server.pem')]
  await run('openssl', [...request, ...issuer, '-config', at('server.cnf'), ...issued])
  const chainFile = at('chain.pem')
  const chain = [await readFile(at('server.key'), 'utf8'), await readFile(at('server.pem'), 'utf8')]
  await writeFile(chainFile, chain.join(''), { mode: 0o600 })
  return {
    ca: await readFile(at('ca.pem'), 'utf8'),
    keyFile: at('server.key'),
    certificateFile: at('server.pem'),
    chainFile,
  }
}

const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -sha256 -nodes -days 60'.split(' ')

const authority = ['basicConstraints = critical, CA:TRUE', 'keyUsage = critical, keyCertSign, cRLSign']

const server = [
  'basicConstraints = critical, CA:FALSE',
  'keyUsage = critical, digitalSignature',
  'extendedKeyUsage = serverAuth',
]

function configuration(commonName: string, extensions: readonly string[]): string {
  return [
    '[req]',
    'prompt = no',
    'distinguished_name = subject',
    'x509_extensions = extensions',
    '[subject]',
    `CN = ${commonName}`,
    '[extensions]',
    ...extensions,
    'subjectKeyIdentifier = hash',
    '',
  ].join('\n')
}
