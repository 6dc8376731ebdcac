import { once } from 'node:events'
import { connect } from 'node:net'
import { type SecureContextOptions, connect as connectTls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { certificateCases, type Chain } from '../../test/certificate-cases.ts'
import { serve, upToTls } from '../../test/scripted-server.ts'
import { probe } from '../probe/probe.ts'
import { LEAST_VERSION } from './secure-context.ts'

const auth = { user: 'ada', pass: 'kumquat' }
/** How often Node accepts and refuses. */
const verdicts = { accepted: 0, refused: 0 }

describe.each(['starttls', 'implicit'] as const)('a certificate, served with %s', (security) => {
  it.each(Object.keys(certificateCases))('is accepted only if Node accepts it: %s', async (name) => {
    const { host = 'mail.example.com', chain } = certificateCases[name]!
    const issued = await chain()
    const context = contextOf(issued)
    const ca = issued.trusted.map(({ cert }) => cert).join('\n')
    await using server = await serve(async (peer) => {
      if (security === 'starttls') await upToTls(peer)
      await peer.secure(context)
      if (security === 'implicit') peer.say('220 mail.example.com\r\n')
      await peer.hear()
      peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
      await peer.hear()
      peer.say('235 2.7.0 accepted\r\n')
    })
    const { tls, failure, login } = await probe({ host, port: server.port, security }, { auth, tls: { ca }, addresses: [{ address: '127.0.0.1', family: 4 }] })
    const isAccepted = failure?.stage !== 'tls'
    const refusal = await refusalOfNode(host, ca, context)

    expect(isAccepted && refusal !== undefined ? `accepted, although Node says ${refusal}` : undefined).toBeUndefined()
    // The other direction: Postern adds no rule of its own.
    expect(isAccepted).toBe(refusal === undefined)
    expect(tls?.verified ?? false).toBe(isAccepted)
    expect(login.outcome).toBe(isAccepted ? 'accepted' : 'not-tried')
    expect(failure?.code ?? '').toMatch(isAccepted ? /^$/ : /^certificate-/)
    expect(server.peers.map(({ secret }) => secret === '')).toEqual([!isAccepted])
    verdicts[isAccepted ? 'accepted' : 'refused'] += 1
  })
})

it('of these cases some are accepted and some are refused', () => {
  expect(verdicts.accepted).toBeGreaterThan(40)
  expect(verdicts.refused).toBeGreaterThan(80)
})

function contextOf({ sent }: Chain): SecureContextOptions {
  // OpenSSL loads weak keys at security level 0 only. The level of the client is not changed.
  return { key: sent[0]!.key, cert: sent.map(({ cert }) => cert).join('\n'), ciphers: 'DEFAULT:@SECLEVEL=0' }
}

/** The error code with which Node's own client refuses the server, with the same options. */
async function refusalOfNode(host: string, ca: string, context: SecureContextOptions): Promise<string | undefined> {
  await using server = await serve(async (peer) => {
    await peer.secure(context)
    await peer.gone
  })
  const isAddress = /^[\d.]+$/.test(host)
  const socket = connectTls({ socket: connect(server.port, '127.0.0.1'), host, ...(!isAddress && { servername: host }), ca, minVersion: LEAST_VERSION })
  try {
    await once(socket, 'secureConnect')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.on('error', () => {}).destroy()
  }
}
