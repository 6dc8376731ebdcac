import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ca, certificates, trusted, withRevocations } from '../../test/certificates.ts'
import { pfxOf } from '../../test/pfx.ts'
import { thrownBy } from '../../test/thrown-by.ts'
import { probe, type ProbeOptions } from '../probe/probe.ts'
import { formatSettings } from '../settings/format-settings.ts'
import { nodeTlsNames, nodeTlsOf } from '../settings/node-tls.ts'
import { parseSettings } from '../settings/parse.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { readCheckRequest } from '../guard/request.ts'

const host = '127.0.0.1'
const clear = 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0'

/** A mail server with implicit TLS that records the client's TLS parameters and data. */
async function server(options: SecureContextOptions & { readonly ALPNProtocols?: string[]; readonly mustHaveCertificate?: boolean } = {}) {
  const seen: { certificate?: string; protocol?: string | null; alpn?: string | false | null; cipher?: string; text: string }[] = []
  const sockets = new Set<Socket>()
  const listener = createServer((socket) => {
    const secured = new TLSSocket(socket, {
      isServer: true,
      requestCert: true,
      rejectUnauthorized: options.mustHaveCertificate ?? false,
      ...(options.ALPNProtocols && { ALPNProtocols: options.ALPNProtocols }),
      secureContext: createSecureContext({ ...trusted, ca, ...options }),
    })
    sockets.add(socket).add(secured.on('error', () => {}))
    socket.on('error', () => {})
    const talk = { text: '' }
    seen.push(talk)
    secured.once('secure', () => {
      const { fingerprint256: certificate } = secured.getPeerCertificate()
      Object.assign(talk, { certificate, protocol: secured.getProtocol(), alpn: secured.alpnProtocol, cipher: secured.getCipher()?.name })
      secured.write('220 mail.example.com\r\n')
    })
    secured.on('data', (chunk: Buffer) => {
      talk.text += chunk.toString()
      secured.write('250 mail.example.com\r\n')
    })
  }).listen(0, host)
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  return {
    seen,
    port,
    probe: (tls: ProbeOptions['tls']) => probe({ host, port, security: 'implicit' }, { tls: { ca, ...tls }, budgets: { tls: 3_000, greeting: 3_000 } }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}

describe("Node's own TLS options", () => {
  it('sends the client certificate to a server that requests one', async () => {
    await using mail = await server()
    const { cert, key } = await certificates.issue('trusted')
    const { ok, tls } = await mail.probe(parseSettings({ host, tls: { ca, cert, key } }).tls)
    expect(ok).toBe(true)
    expect(mail.seen[0]?.certificate).toBe(tls?.certificate.fingerprint256)
  })

  it('sends a client certificate only with the settings that have it', async () => {
    await using mail = await server()
    const pairs = [await certificates.issue('trusted'), await certificates.issue('other-name')]
    for (const { cert, key } of pairs) {
      await mail.probe({ cert, key })
      await mail.probe({})
    }
    const [one, other] = pairs.map(({ cert }) => new X509Certificate(cert).fingerprint256)
    expect(mail.seen.map(({ certificate }) => certificate)).toEqual([one, undefined, other, undefined])
  })

  it('accepts an encrypted key, and a PKCS #12 file', async () => {
    await using mail = await server()
    const pair = await certificates.issue('trusted')
    const locked = createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'kumquat' })
    for (const tls of [{ cert: pair.cert, key: locked, passphrase: 'kumquat' }, { pfx: pfxOf(pair) }]) {
      const { ok } = await mail.probe(parseSettings({ host, tls: { ca, ...tls } }).tls)
      expect(ok).toBe(true)
    }
    const { fingerprint256 } = new X509Certificate(pair.cert)
    expect(mail.seen.map(({ certificate }) => certificate)).toEqual([fingerprint256, fingerprint256])
    expect(() => parseSettings({ host, tls: { cert: pair.cert, key: locked, passphrase: 'melon' } })).toThrow(SettingsError)
  })

  it.each([true, false])('uses the revocation list (the server is on it: %s)', async (revoked) => {
    const { ca, context, crl } = await withRevocations(revoked)
    await using mail = await server(context)
    const { ok, failure, tls } = await mail.probe({ ca, crl })
    expect(ok).toBe(!revoked)
    expect(tls).toMatchObject({ verified: !revoked })
    expect(failure?.code).toBe(revoked ? 'certificate-untrusted' : undefined)
    expect(mail.seen[0]?.text).toMatch(revoked ? /^$/ : /^EHLO /)
  })

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('reports the TLS alert of a server that requires a client certificate, with %s', async (maxVersion) => {
    await using mail = await server({ mustHaveCertificate: true })
    const { failure, stages } = await mail.probe({ maxVersion })
    expect(failure).toMatchObject({ code: 'tls-handshake', stage: 'tls', systemCode: expect.stringContaining('_ALERT_') })
    expect(stages.at(-1)?.stage).toBe(maxVersion === 'TLSv1.3' ? 'greeting' : 'tls')
  })

  it('uses the given maximum version and ciphers', async () => {
    await using mail = await server()
    await mail.probe({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })
    expect(mail.seen[0]).toMatchObject({ protocol: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256' })
  })

  it('offers the given application protocols', async () => {
    await using mail = await server({ ALPNProtocols: ['smtp'] })
    await mail.probe({ ALPNProtocols: ['smtp'] })
    expect(mail.seen[0]).toMatchObject({ alpn: 'smtp' })
  })

  it("uses the caller's `checkServerIdentity`", async () => {
    await using mail = await server()
    const names: string[] = []
    const { ok } = await mail.probe({ servername: 'mail.example.org', checkServerIdentity: (name) => void names.push(name) })
    const { failure } = await mail.probe({ checkServerIdentity: () => Object.assign(new Error('kumquat'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }) })
    expect([ok, names]).toEqual([true, ['mail.example.org']])
    expect(failure).toMatchObject({ code: 'certificate-name' })
    expect(inspect(failure)).not.toContain('kumquat')
    expect(mail.seen[1]?.text).toBe('')
  })

  it('uses `checkServerIdentity` of a class instance', async () => {
    await using mail = await server()
    class Pinned {
      readonly ca = ca
      checkServerIdentity() {
        return new Error('another key')
      }
    }
    const { ok } = await probe({ host, port: mail.port, security: 'implicit' }, { tls: new Pinned() })
    expect(ok).toBe(false)
  })

  it('sends nothing on a connection with a NULL cipher', async () => {
    await using mail = await server({ ciphers: clear, maxVersion: 'TLSv1.2' })
    const { ok, failure } = await mail.probe({ ciphers: clear })
    expect(ok).toBe(false)
    expect(failure).toMatchObject({ code: 'tls-handshake', stage: 'tls' })
    expect(mail.seen[0]).toMatchObject({ cipher: 'ECDHE-ECDSA-NULL-SHA', text: '' })
  })

  it('ignores untyped options that would redirect the connection or skip verification', async () => {
    await using mail = await server()
    const untrusted = createSecureContext({ ca: [], minVersion: 'TLSv1' })
    const elsewhere = { host: '192.0.2.1', port: 1, socket: connect(1, host).on('error', () => {}), path: '/x', lookup: () => expect.unreachable() }
    const { ok, tls } = await mail.probe({ secureContext: untrusted, secureProtocol: 'TLSv1_method', session: Buffer.from('x'), ...elsewhere } as object)
    expect(ok).toBe(true)
    expect(tls).toMatchObject({ verified: true, protocol: 'TLSv1.3' })
  })
})

describe('each option', () => {
  it('is passed to Node, and no other property is', () => {
    const all = Object.fromEntries([...nodeTlsNames, 'socket', 'secureContext', 'host', 'session', '__proto__'].map((name) => [name, name]))
    expect(Object.keys(nodeTlsOf(all))).toEqual([...nodeTlsNames])
    expect(nodeTlsOf({ cert: undefined })).toEqual({})
  })

  it.each([
    { honorCipherOrder: true },
    { dhparam: 'auto' },
    { minDHSize: 2048 },
    { allowPartialTrustChain: true },
    { sigalgs: 'ecdsa_secp256r1_sha256' },
    { ecdhCurve: 'prime256v1' },
  ])('allows a valid connection: %o', async (tls) => {
    await using mail = await server()
    expect(await mail.probe(parseSettings({ host, tls }).tls)).toMatchObject({ ok: true, tls: { verified: true } })
  })

  it.each([{ sigalgs: 'ecdsa_secp521r1_sha512' }, { ecdhCurve: 'secp521r1', maxVersion: 'TLSv1.2' }] as const)('has an effect: %o', async (tls) => {
    await using mail = await server({ ecdhCurve: 'prime256v1' })
    expect((await mail.probe(tls)).failure).toMatchObject({ code: 'tls-handshake' })
  })

  it.each([{ crl: 'none' }, { clientCertEngine: 'none' }, { privateKeyEngine: 'none', privateKeyIdentifier: 'x' }, { dhparam: 1 }])(
    'is validated by parseSettings: %o',
    (tls) => {
      expect(() => parseSettings({ host, tls })).toThrow(/tls: has a certificate, key or list that Node cannot use/)
    },
  )
})

describe('settings', () => {
  it.each(['secureContext', 'secureOptions', 'secureProtocol', 'session', 'pskCallback', 'socket', 'host', 'port', 'path', 'lookup', 'enableTrace'])(
    'reject tls.%s',
    (name) => {
      expect(() => parseSettings({ host, tls: { [name]: 'x' } })).toThrow(`tls.${name}:`)
    },
  )

  it.each<[path: string, tls: object]>([
    ['tls', { cert: 'no certificate' }],
    ['tls', { key: trusted.key as string, cert: ca }],
    ['tls', { pfx: Buffer.from('none') }],
    ['tls', { ciphers: 'none-of-that-name' }],
    ['tls', { passphrase: 1234, key: 'kumquat' }],
    ['tls', { ecdhCurve: 'none' }],
    ['tls.ciphers', { ciphers: 'ALL:@SECLEVEL=0' }],
    ['tls.ciphers', { ciphers: 'DEFAULT:@seclevel=0' }],
    ['tls.maxVersion', { maxVersion: 'TLSv1.1' }],
    ['tls.minVersion', { minVersion: 'TLSv1' }],
    ['tls.minDHSize', { minDHSize: 512 }],
    ['tls.checkServerIdentity', { checkServerIdentity: 'mine' }],
  ])('report at once that %s is invalid: %o', (path, tls) => {
    const error = thrownBy(() => parseSettings({ host, tls }))
    const issues = SettingsError.isInstance(error) ? error.issues : []
    expect(issues.map((issue) => issue.path)).toEqual([path])
    expect(inspect(error)).not.toMatch(/1234|kumquat/)
  })

  it('keep the given values, and print no key', async () => {
    const { cert, key } = await certificates.issue('trusted')
    const tls = { ca, cert, key, passphrase: 'kumquat', maxVersion: 'TLSv1.3', ecdhCurve: 'auto', checkServerIdentity: () => undefined } as const
    const settings = parseSettings({ host, tls })
    expect({ ...settings.tls }).toEqual(tls)
    for (const text of [JSON.stringify(settings), inspect(settings, { depth: 9 }), formatSettings(settings)]) {
      expect(text).toContain('[hidden]')
      expect(text).not.toMatch(/kumquat|PRIVATE KEY/)
    }
    const { checkServerIdentity: _, ...printed } = tls
    expect({ ...parseSettings(formatSettings(settings, { secrets: true })).tls }).toEqual(printed)
  })

  it('from a posted body allow the server name and fingerprints: keys, checks and ciphers belong to the operator', () => {
    expect(post({ servername: 'mail.example.com', fingerprints: [] })).toBeDefined()
    for (const name of [...nodeTlsNames, 'maxVersion', 'rejectUnauthorized', 'secureContext']) expect(post({ [name]: 'x' })).toBeUndefined()
  })
})

function post(tls: object) {
  return readCheckRequest({ settings: { host, tls } })
}
