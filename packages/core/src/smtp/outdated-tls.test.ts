import { describe, expect, it } from 'vitest'
import { oldServerHello, withShortParameters } from '../../test/outdated-tls.ts'
import { type Script, serve, upToTls } from '../../test/scripted-server.ts'
import { diagnose } from '../failure/diagnose.ts'
import { probe, type ProbeOptions } from '../probe/probe.ts'

const short = await withShortParameters()

/** The report of a probe with STARTTLS. */
async function probing(script: Script, tls: ProbeOptions['tls'] = {}) {
  await using server = await serve(script)
  return await probe({ host: '127.0.0.1', port: server.port, security: 'starttls' }, { tls })
}

const withDiffieHellman: Script = async (peer) => {
  await upToTls(peer)
  await peer.secure(short.context)
  await peer.hear()
  peer.say('250 mail.example.com\r\n')
}

const answering =
  (minorVersion: 1 | 3): Script =>
  async (peer) => {
    await upToTls(peer)
    await peer.hearAnything()
    peer.say(oldServerHello(minorVersion))
    await peer.gone
  }

describe('a server with Diffie-Hellman parameters of 1024 bits', () => {
  // With OpenSSL 3.5, level 2 is the default.
  it('is refused with the reason and a cure', async () => {
    const { failure } = await probing(withDiffieHellman, { ca: short.ca, ciphers: 'DEFAULT@SECLEVEL=2' })
    expect(failure).toMatchObject({
      code: 'tls-handshake',
      stage: 'tls',
      reason: 'dh-key-too-small',
      systemCode: 'ERR_SSL_DH_KEY_TOO_SMALL',
      message: expect.stringContaining('Diffie-Hellman'),
      advice: expect.stringContaining('DEFAULT:!DHE'),
    })
  })

  it('is refused by minDHSize with the same reason', async () => {
    const { failure } = await probing(withDiffieHellman, { ca: short.ca, minDHSize: 2048 })
    expect(failure).toMatchObject({ code: 'tls-handshake', reason: 'dh-key-too-small' })
  })

  it('can be used with the cure', async () => {
    const { tls, failure } = await probing(withDiffieHellman, { ca: short.ca, ciphers: 'DEFAULT:!DHE@SECLEVEL=2' })
    expect([tls?.cipher, failure?.stage === 'tls']).toEqual(['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', false])
  })
})

it('reports a server without secure renegotiation with the reason and a cure', async () => {
  const { failure } = await probing(answering(3))
  expect(failure).toMatchObject({
    code: 'tls-handshake',
    reason: 'legacy-renegotiation',
    systemCode: 'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
    advice: expect.stringContaining('update'),
  })
})

it('reports a server that answers with TLS 1.0 as outdated', async () => {
  const { failure } = await probing(answering(1))
  expect(failure).toMatchObject({ code: 'tls-version', systemCode: 'ERR_SSL_UNSUPPORTED_PROTOCOL', advice: expect.stringContaining('TLS 1.2') })
})

it('explains the error of nodemailer in the same way', () => {
  const error = Object.assign(new Error('dh key too small'), { code: 'ESOCKET', originalCode: 'ERR_SSL_DH_KEY_TOO_SMALL', command: 'CONN' })
  expect(diagnose(error, { locale: 'de' })).toMatchObject({ code: 'tls-handshake', reason: 'dh-key-too-small', message: expect.stringContaining('zu kurz') })
})
