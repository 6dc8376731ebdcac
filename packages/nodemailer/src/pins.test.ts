import { probe } from '@postern/core'
import { type Provider, startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor, modes } from '../test/mail.ts'

const ports = [587, 2525, 465] as const

/** The fingerprints of the provider's own certificate and of its authority. */
async function fingerprintsOf({ host, ports, ca }: Provider): Promise<{ readonly own: string; readonly authority: string }> {
  const { tls } = await probe({ host, port: ports[465], security: 'implicit' }, { tls: { ca } })
  const { fingerprint, chain } = tls!.certificate
  return { own: fingerprint, authority: chain[0]!.fingerprint }
}

async function pinned(pool: boolean, which: 'own' | 'authority') {
  const provider = await startProvider()
  const { host, auth, candidates } = provider.settings
  const fingerprints = await fingerprintsOf(provider)
  // The provider does not send the certificate of its authority.
  const tls = { fingerprints: [fingerprints[which]], ...(which === 'authority' && { ca: provider.ca }) }
  return { provider, mailer: mailerFor({ host, auth, candidates, tls }, { pool }) }
}

describe.each(modes)('tls.fingerprints, $mode', ({ pool }) => {
  it.each(['own', 'authority'] as const)('send over the pinned certificate only, on every port: %s', async (which) => {
    const { provider, mailer } = await pinned(pool, which)
    await using _ = provider
    await mailer.ready()
    await mailer.sendMail(letter)
    await mailer.sendMail(letter)
    expect(mailer.state().rungs[0]).toMatchObject({ status: 'up', tls: { verified: true } })

    // The existing connections end, and the new ones get another certificate.
    for (const port of ports) await provider.fault(port, 'bad-certificate')
    const error = await failureOf(mailer.sendMail(letter))
    expect(error).toMatchObject({ delivery: 'not-accepted', diagnosis: { code: 'no-secure-port' } })
    expect(error.attempts.map(({ failure }) => failure?.code)).toEqual(expect.arrayContaining(['certificate-changed']))
    expect(provider.logins.every(({ ok }) => ok)).toBe(true)
    expect(provider.messages).toHaveLength(2)

    await provider.heal(2525)
    await mailer.sendMail(letter)
    expect(provider.messages.at(-1)?.port).toBe(2525)
  })
})
