import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { failure, send } from '../test/send.ts'
import { base64, connectClient } from '../test/smtp-client.ts'
import { type Fault, type Provider, type ProviderOptions, startProvider } from './index.ts'
import { nominalPorts } from './nominal-port.ts'

const started: Provider[] = []

async function start(options?: ProviderOptions): Promise<Provider> {
  const provider = await startProvider(options)
  started.push(provider)
  return provider
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.close()))
})

describe('a provider', () => {
  it.each(nominalPorts)('accepts mail on %i, with TLS and login', async (port) => {
    const provider = await start()

    await send(provider, port, { subject: 'Grüße', text: 'Viele Grüße\n.\nund bis bald' })

    expect(provider.messages).toEqual([
      {
        id: 1,
        port,
        secure: true,
        user: provider.auth.user,
        from: 'app@example.net',
        to: ['reader@example.net'],
        subject: 'Grüße',
        text: 'Viele Grüße\n.\nund bis bald',
        raw: expect.stringContaining('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n'),
        receivedAt: expect.any(Date),
      },
    ])
  })

  it.each([
    ['PLAIN', {}],
    ['LOGIN', { authMethod: 'LOGIN' }],
  ])('accepts a login by %s', async (mechanism, options) => {
    const provider = await start({ users: { ada: 'lovelace' } })

    await send(provider, 587, options)

    expect(provider.logins).toEqual([{ port: 587, user: 'ada', ok: true, mechanism, secure: true }])
  })

  it('accepts the password as XOAUTH2 token, and refuses another token', async () => {
    const provider = await start({ users: { ada: 'token' } })
    const auth = { type: 'OAuth2', user: 'ada' }

    await send(provider, 587, { auth: { ...auth, accessToken: 'token' } })
    const refused = await failure(send(provider, 587, { auth: { ...auth, accessToken: 'stale' } }))

    expect(refused).toMatchObject({ code: 'EAUTH', responseCode: 535 })
    expect(provider.logins[0]).toMatchObject({ mechanism: 'XOAUTH2', ok: true })
    expect(provider.logins[1]).toMatchObject({ mechanism: 'XOAUTH2', ok: false })
  })

  it('accepts only the new secret after setSecret', async () => {
    const provider = await start({ users: { ada: 'token' } })
    provider.setSecret('ada', 'fresh')

    await failure(send(provider, 587, { auth: { user: 'ada', pass: 'token' } }))
    await send(provider, 587, { auth: { user: 'ada', pass: 'fresh' } })

    expect(provider.logins.map(({ ok }) => ok)).toEqual([false, true])
  })

  it('refuses a wrong password and an unknown user', async () => {
    const provider = await start()
    const { user, pass } = provider.auth

    const refused = [
      await failure(send(provider, 587, { auth: { user, pass: `${pass}!` } })),
      await failure(send(provider, 465, { auth: { user: 'constructor', pass } })),
    ]

    for (const { response } of refused) expect(response).toBe('535 5.7.8 Authentication credentials invalid')
    expect(provider.messages).toEqual([])
  })

  it('neither offers nor accepts a login before encryption, and records attempts', async () => {
    const provider = await start()
    const client = await connectClient(provider, 587)
    await client.reply()

    const reply = await client.command('EHLO client.test')

    expect(reply).toContain('STARTTLS')
    expect(reply).not.toContain('AUTH')
    expect(await client.login()).toMatch(/^530 /)
    expect(provider.logins).toEqual([{ port: 587, user: undefined, ok: false, mechanism: 'PLAIN', secure: false }])
    await client.command('STARTTLS')
    await client.encrypt()
    expect(await client.command('EHLO client.test')).toContain('AUTH PLAIN LOGIN XOAUTH2')
    await client.end()
  })

  it('refuses mail before encryption and before the login', async () => {
    const provider = await start()
    const client = await connectClient(provider, 587)
    await client.reply()
    await client.command('EHLO client.test')

    expect(await client.command('MAIL FROM:<a@example.net>')).toBe('530 5.7.0 Must issue a STARTTLS command first')
    await client.command('STARTTLS')
    await client.encrypt()
    await client.command('EHLO client.test')
    expect(await client.command('MAIL FROM:<a@example.net>')).toBe('530 5.7.0 Authentication required')
    await client.end()
  })

  it('accepts mail without a login with `requireAuth: false`', async () => {
    const provider = await start({ requireAuth: false })

    await send(provider, 587, { auth: null })

    expect(provider.messages[0]).toMatchObject({ user: undefined, secure: true })
  })

  it('has a certificate that only its own authority verifies', async () => {
    const [provider, other] = await Promise.all([start(), start()])

    expect(await failure(send({ ...provider, ca: other.ca }, 587))).toMatchObject({
      code: 'ESOCKET',
      message: expect.stringContaining('unable to verify the first certificate'),
    })
  })

  it('has a certificate for localhost and for its address', async () => {
    const provider = await start({ host: '127.0.0.9' })

    await send(provider, 465)
    const client = await connectClient(provider, 465, { servername: 'localhost' })

    expect(provider.host).toBe('127.0.0.9')
    expect(await client.startSession()).toMatch(/^250-/)
    await client.end()
  })

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['localhost', 'localhost'],
  ])('listens on %s and is expected at %s, also after faults', async (host, expected) => {
    const provider = await start({ host })

    for (const fault of ['black-hole', 'refuse', 'silent'] as const) await provider.fault(587, fault)
    await provider.heal(587)
    await send(provider, 587)

    expect(provider.settings.host).toBe(expected)
    expect(provider.messages).toHaveLength(1)
  })

  it('reads a multipart message and accepts an invalid one', async () => {
    const provider = await start()
    await send(provider, 587, { text: 'plain', html: '<p>rich</p>' })
    const client = await connectClient(provider, 465)
    await client.startSession()
    await client.login()

    await client.send('odd\r\nContent-Type: multipart/mixed; boundary=""\r\nContent-Transfer-Encoding: cube')

    expect(provider.messages[0]).toMatchObject({ text: 'plain' })
    expect(provider.messages[1]).toMatchObject({ subject: 'odd', raw: expect.stringContaining('A few words.') })
    await client.end()
  })

  it('has settings for @postern/core', async () => {
    const provider = await start()
    const { ports } = provider

    expect(provider.settings).toEqual({
      host: '127.0.0.1',
      auth: provider.auth,
      tls: { ca: provider.ca },
      candidates: [
        { port: ports[587], security: 'starttls' },
        { port: ports[2525], security: 'starttls' },
        { port: ports[465], security: 'implicit' },
      ],
    })
  })

  it('generates a new password for each provider', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect(one.auth.pass).not.toBe(two.auth.pass)
  })

  it('counts the connections of each port', async () => {
    const provider = await start()

    await send(provider, 587)
    await send(provider, 587)
    await send(provider, 465)

    expect(provider.connections).toEqual({ 25: 0, 465: 1, 587: 2, 2525: 0 })
  })

  it('offers SIZE and refuses a larger message', async () => {
    const provider = await start()
    const client = await connectClient(provider, 587)
    expect(await client.startSession()).toContain('SIZE 26214400')
    await client.end()

    const text = 'x'.repeat(76).concat('\n').repeat(360_000)
    expect(await failure(send(provider, 465, { text }))).toMatchObject({ responseCode: 552 })
    expect(provider.messages).toEqual([])
  })

  it('listens on the given ports', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo

    await expect(start({ ports: { 587: port } })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
    free.close()
    await once(free, 'close')

    const provider = await start({ ports: { 587: port } })
    expect(provider.ports[587]).toBe(port)
  })

  it('applies the faults given at start', async () => {
    const provider = await start({ faults: { 587: 'refuse', 465: 'auth-rejected' } })

    expect(await failure(send(provider, 587))).toMatchObject({ code: 'ESOCKET' })
    expect(await failure(send(provider, 465))).toMatchObject({ responseCode: 535 })
    await send(provider, 2525)
  })
})

describe('switching faults', () => {
  it('keeps the port number', async () => {
    const provider = await start()
    const before = provider.ports
    const faults: readonly Fault[] = ['refuse', 'black-hole', 'silent', 'auth-rejected', 'black-hole', 'refuse']
    for (const fault of faults) {
      await provider.fault(587, fault)
      expect(provider.ports).toEqual(before)
    }

    await provider.heal(587)

    await send(provider, 587)
    expect(provider.messages).toHaveLength(1)
  })

  it('affects one port only', async () => {
    const provider = await start()
    await provider.fault(587, 'refuse')

    await send(provider, 2525)

    expect(provider.messages[0]).toMatchObject({ port: 2525 })
  })

  it('accepts the real port number too', async () => {
    const provider = await start()

    await provider.fault(provider.ports[587], 'auth-rejected')
    expect(await failure(send(provider, 587))).toMatchObject({ responseCode: 535 })
    await provider.heal(provider.ports[587])
    await send(provider, 587)
    expect(provider.messages).toHaveLength(1)
  })

  it('destroys open connections', async () => {
    const provider = await start()
    const clients = await Promise.all([connectClient(provider, 587), connectClient(provider, 587)])
    await clients[0].startSession()

    await provider.fault(587, 'sender-rejected')

    await Promise.all(clients.map((client) => client.closed()))
    expect(provider.connections[587]).toBe(2)
  })

  it('applies concurrent changes of a port in order', async () => {
    const provider = await start()

    await Promise.all([
      provider.fault(587, 'black-hole'),
      provider.fault(587, 'refuse'),
      provider.heal(587),
      provider.fault(587, 'black-hole'),
      provider.heal(587),
    ])

    await send(provider, 587)
    expect(provider.messages).toHaveLength(1)
  })

  it('reserves a refusing port', async () => {
    const provider = await start({ faults: { 587: 'refuse' } })
    const servers = Array.from({ length: 400 }, () => createServer().listen(0, '127.0.0.1'))
    await Promise.all(servers.map((server) => once(server, 'listening')))

    expect(servers.map((server) => (server.address() as AddressInfo).port)).not.toContain(provider.ports[587])

    await Promise.all(servers.map((server) => once(server.close(), 'close')))
  })

  it('lists the valid names in the error for an unknown one', async () => {
    const provider = await start()

    await expect(provider.fault(26, 'refuse')).rejects.toThrow('There is no port 26. The ports are 25, 465, 587, 2525')
    await expect(provider.heal(0)).rejects.toThrow('There is no port 0')
    await expect(provider.fault(587, 'tired' as Fault)).rejects.toThrow(/'tired'. The faults are refuse, black-/)
    await expect(provider.fault(587, 'toString' as Fault)).rejects.toThrow("There is no fault 'toString'")
    await expect(provider.fault(465, 'no-starttls')).rejects.toThrow('does not apply to port 465, only to 25, 587, 2525')
    await expect(start({ faults: { 26: 'refuse' } as object })).rejects.toThrow('There is no port 26')
    await expect(start({ ports: { 26: 1 } as object })).rejects.toThrow('There is no port 26')
    await expect(start({ users: {} })).rejects.toThrow('add at least one user')
  })
})

describe('waiting for mail', () => {
  it('resolves with messages that have arrived', async () => {
    const provider = await start()
    await send(provider, 587)

    expect(await provider.waitForMessage()).toBe(provider.messages[0])
    expect(await provider.waitForMessages(1)).toEqual(provider.messages)
    expect(await provider.waitForMessages(0)).toEqual(provider.messages)
  })

  it('resolves with messages that arrive later', async () => {
    const provider = await start()
    const both = provider.waitForMessages(2)
    const second = provider.waitForMessage(({ subject }) => subject === 'Second')

    await send(provider, 587, { subject: 'First' })
    await send(provider, 465, { subject: 'Second' })

    expect((await both).map(({ id, subject }) => [id, subject])).toEqual([
      [1, 'First'],
      [2, 'Second'],
    ])
    expect(await second).toMatchObject({ subject: 'Second', port: 465 })
  })

  it('rejects when the signal is aborted, before or during the wait', async () => {
    const provider = await start()
    const reason = new Error('enough')
    const controller = new AbortController()
    const waiting = provider.waitForMessage(undefined, { signal: controller.signal })

    controller.abort(reason)

    await expect(waiting).rejects.toBe(reason)
    await expect(provider.waitForMessages(1, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('rejects when the provider closes', async () => {
    const provider = await start()
    const waiting = failure(provider.waitForMessage())

    await provider.close()

    expect((await waiting).message).toContain('the provider was closed')
    await expect(provider.waitForMessages(1)).rejects.toThrow('the provider was closed')
  })
})

describe('closing', () => {
  it('works twice and by `await using`', async () => {
    const provider = await start()

    expect(provider.close()).toBe(provider.close())
    await provider[Symbol.asyncDispose]()
    await expect(provider.fault(587, 'refuse')).rejects.toThrow('The provider is closed')
    await expect(provider.heal(587)).rejects.toThrow('The provider is closed')
  })

  it('cancels a pending fault', async () => {
    const provider = await start()
    const pending = failure(provider.fault(587, 'bad-certificate'))

    await provider.close()

    expect((await pending).message).toBe('The provider is closed')
    expect((await start({ ports: provider.ports })).ports).toEqual(provider.ports)
  })

  it('frees every port, also those with faults', async () => {
    const provider = await start({ faults: { 25: 'refuse', 587: 'black-hole', 2525: 'silent' } })

    await provider.close()

    const again = await start({ ports: provider.ports })
    expect(again.ports).toEqual(provider.ports)
  })

  it('destroys open connections at every stage', async () => {
    const provider = await start({ faults: { 2525: 'silent' } })
    const greeted = await connectClient(provider, 587)
    await greeted.reply()
    const encrypted = await connectClient(provider, 25)
    await encrypted.startSession()
    const secure = await connectClient(provider, 465)
    const unanswered = await connectClient(provider, 2525)
    // Node can crash if a socket is destroyed during a handshake.
    const handshaking = await connectClient(provider, 587)
    await handshaking.reply()
    await handshaking.command('EHLO client.test')
    await handshaking.command('STARTTLS')
    handshaking.socket.write(Buffer.from('160301', 'hex'))
    const fresh = connect(provider.ports[465], provider.host)
    await once(fresh, 'connect')
    fresh.write(Buffer.from('160301', 'hex'))
    fresh.on('error', () => {})

    const closed = [greeted, encrypted, secure, unanswered, handshaking].map((client) => client.closed())
    await Promise.all([provider.close(), ...closed, new Promise((resolve) => fresh.once('close', resolve))])
    expect(provider.connections).toEqual({ 25: 1, 465: 2, 587: 2, 2525: 1 })
  })

  it('keeps the mailbox readable', async () => {
    const provider = await start()
    await send(provider, 587, { subject: base64('kept') })
    await provider.close()
    expect(provider.messages).toHaveLength(1)
  })
})
