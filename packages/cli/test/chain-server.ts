import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { makeCertificate } from '@postern/testing/certificates'
import { onTestFinished } from 'vitest'

type CertificateOptions = Parameters<typeof makeCertificate>[0]

/**
 * A mail server with implicit TLS that sends its certificate together with that of its private authority, until the end of the test.
 *
 * @param certificate what differs from a valid certificate for `localhost`
 */
export async function startChainServer(certificate: Partial<CertificateOptions> = {}): Promise<{ readonly url: string; readonly authority: string }> {
  const authority = await makeCertificate({ commonName: 'Example Private CA', authority: true })
  const { key, cert } = await makeCertificate({ commonName: 'localhost', names: ['localhost'], signer: authority, ...certificate })
  const server = createServer({ key, cert: `${cert}\n${authority.cert}` }, (socket) => {
    socket.on('error', () => {})
    socket.write('220 localhost ESMTP\r\n')
    socket.on('data', (data) => (data.includes('QUIT') ? socket.end('221 2.0.0 Bye\r\n') : socket.write('250 localhost\r\n')))
  })
  // Clients close the connection if they do not trust the certificate.
  server.on('tlsClientError', () => {})
  server.listen(0, 'localhost')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `smtps://localhost:${(server.address() as AddressInfo).port}`, authority: authority.cert }
}
