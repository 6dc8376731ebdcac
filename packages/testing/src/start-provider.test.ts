import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { failure, send } from '../test/send.ts'
import { base64, talk } from '../test/talk.ts'
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
  it.each(nominalPorts)('takes mail on %i, encrypted and logged in', async (port) => {
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
  ])('takes the password by %s', async (mechanism, options) => {
    const provider = await start({ users: { ada: 'lovelace' } })

    await send(provider, 587, options)

    expect(provider.logins).toEqual([{ port: 587, user: 'ada', ok: true, mechanism, secure: true }])
  })

  it('takes the password for an XOAUTH2 token, and explains itself when it is another', async () => {
    const provider = await start({ users: { ada: 'token' } })
    const auth = { type: 'OAuth2', user: 'ada' }

    await send(provider, 587, { auth: { ...auth, accessToken: 'token' } })
    const refused = await failure(send(provider, 587, { auth: { ...auth, accessToken: 'stale' } }))

    expect(refused).toMatchObject({ code: 'EAUTH', responseCode: 535 })
    expect(provider.logins[0]).toMatchObject({ mechanism: 'XOAUTH2', ok: true })
    expect(provider.logins[1]).toMatchObject({ mechanism: 'XOAUTH2', ok: false })
  })

  it('takes the new secret of a user whose secret was changed, and the old one no longer', async () => {
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

  it('offers no login before encryption, takes none, and remembers who tried', async () => {
    const provider = await start()
    const client = await talk(provider, 587)
    await client.reply()

    const offer = await client.say('EHLO client.test')

    expect(offer).toContain('STARTTLS')
    expect(offer).not.toContain('AUTH')
    expect(await client.login()).toMatch(/^530 /)
    expect(provider.logins).toEqual([{ port: 587, user: undefined, ok: false, mechanism: 'PLAIN', secure: false }])
    await client.say('STARTTLS')
    await client.encrypt()
    expect(await client.say('EHLO client.test')).toContain('AUTH PLAIN LOGIN XOAUTH2')
    await client.leave()
  })

  it('takes no mail before encryption, and none before the login', async () => {
    const provider = await start()
    const client = await talk(provider, 587)
    await client.reply()
    await client.say('EHLO client.test')

    expect(await client.say('MAIL FROM:<a@example.net>')).toBe('530 5.7.0 Must issue a STARTTLS command first')
    await client.say('STARTTLS')
    await client.encrypt()
    await client.say('EHLO client.test')
    expect(await client.say('MAIL FROM:<a@example.net>')).toBe('530 5.7.0 Authentication required')
    await client.leave()
  })

  it('takes mail without a login where it was told to', async () => {
    const provider = await start({ requireAuth: false })

    await send(provider, 587, { auth: null })

    expect(provider.messages[0]).toMatchObject({ user: undefined, secure: true })
  })

  it('can be verified by its own authority alone', async () => {
    const [provider, other] = await Promise.all([start(), start()])

    expect(await failure(send({ ...provider, ca: other.ca }, 587))).toMatchObject({
      code: 'ESOCKET',
      message: expect.stringContaining('unable to verify the first certificate'),
    })
  })

  it('is known as localhost and by the address it listens on', async () => {
    const provider = await start({ host: '127.0.0.9' })

    await send(provider, 465)
    const client = await talk(provider, 465, { servername: 'localhost' })

    expect(provider.host).toBe('127.0.0.9')
    expect(await client.open()).toMatch(/^250-/)
    await client.leave()
  })

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['localhost', 'localhost'],
  ])('listens on %s and is reached at %s, whatever the faults in between', async (host, reached) => {
    const provider = await start({ host })

    for (const fault of ['black-hole', 'refuse', 'silent'] as const) await provider.fault(587, fault)
    await provider.heal(587)
    await send(provider, 587)

    expect(provider.settings.host).toBe(reached)
    expect(provider.messages).toHaveLength(1)
  })

  it('reads a message of many parts, and takes one that makes no sense', async () => {
    const provider = await start()
    await send(provider, 587, { text: 'plain', html: '<p>rich</p>' })
    const client = await talk(provider, 465)
    await client.open()
    await client.login()

    await client.send('odd\r\nContent-Type: multipart/mixed; boundary=""\r\nContent-Transfer-Encoding: cube')

    expect(provider.messages[0]).toMatchObject({ text: 'plain' })
    expect(provider.messages[1]).toMatchObject({ subject: 'odd', raw: expect.stringContaining('A few words.') })
    await client.leave()
  })

  it('hands out settings that are ready to use', async () => {
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

  it('makes a new password every time', async () => {
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

  it('refuses a message that is too large, and says so beforehand', async () => {
    const provider = await start()
    const client = await talk(provider, 587)
    expect(await client.open()).toContain('SIZE 26214400')
    await client.leave()

    const text = 'x'.repeat(76).concat('\n').repeat(360_000)
    expect(await failure(send(provider, 465, { text }))).toMatchObject({ responseCode: 552 })
    expect(provider.messages).toEqual([])
  })

  it('listens on the ports it is told to', async () => {
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo

    await expect(start({ ports: { 587: port } })).rejects.toMatchObject({ code: 'EADDRINUSE', port })
    free.close()
    await once(free, 'close')

    const provider = await start({ ports: { 587: port } })
    expect(provider.ports[587]).toBe(port)
  })

  it('finds the faults it was started with', async () => {
    const provider = await start({ faults: { 587: 'refuse', 465: 'auth-rejected' } })

    expect(await failure(send(provider, 587))).toMatchObject({ code: 'ESOCKET' })
    expect(await failure(send(provider, 465))).toMatchObject({ responseCode: 535 })
    await send(provider, 2525)
  })
})

describe('switching faults', () => {
  it('heals back on the same port', async () => {
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

  it('touches one port alone', async () => {
    const provider = await start()
    await provider.fault(587, 'refuse')

    await send(provider, 2525)

    expect(provider.messages[0]).toMatchObject({ port: 2525 })
  })

  it('knows a port by its real number too', async () => {
    const provider = await start()

    await provider.fault(provider.ports[587], 'auth-rejected')
    expect(await failure(send(provider, 587))).toMatchObject({ responseCode: 535 })
    await provider.heal(provider.ports[587])
    await send(provider, 587)
    expect(provider.messages).toHaveLength(1)
  })

  it('ends the connections that are open', async () => {
    const provider = await start()
    const clients = await Promise.all([talk(provider, 587), talk(provider, 587)])
    await clients[0].open()

    await provider.fault(587, 'sender-rejected')

    await Promise.all(clients.map((client) => client.ended()))
    expect(provider.connections[587]).toBe(2)
  })

  it('takes the moves of a port one after the other', async () => {
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

  it('keeps a refusing port from everyone else', async () => {
    const provider = await start({ faults: { 587: 'refuse' } })
    const strangers = Array.from({ length: 400 }, () => createServer().listen(0, '127.0.0.1'))
    await Promise.all(strangers.map((stranger) => once(stranger, 'listening')))

    expect(strangers.map((stranger) => (stranger.address() as AddressInfo).port)).not.toContain(provider.ports[587])

    await Promise.all(strangers.map((stranger) => once(stranger.close(), 'close')))
  })

  it('names what there is when asked for something else', async () => {
    const provider = await start()

    await expect(provider.fault(26, 'refuse')).rejects.toThrow('There is no port 26. The ports are 25, 465, 587, 2525')
    await expect(provider.heal(0)).rejects.toThrow('There is no port 0')
    await expect(provider.fault(587, 'tired' as Fault)).rejects.toThrow(/'tired'. The faults are refuse, black-/)
    await expect(provider.fault(587, 'toString' as Fault)).rejects.toThrow("There is no fault 'toString'")
    await expect(provider.fault(465, 'no-starttls')).rejects.toThrow('no sense on port 465. It fits 25, 587, 2525')
    await expect(start({ faults: { 26: 'refuse' } as object })).rejects.toThrow('There is no port 26')
    await expect(start({ ports: { 26: 1 } as object })).rejects.toThrow('There is no port 26')
    await expect(start({ users: {} })).rejects.toThrow('name at least one user')
  })
})

describe('waiting for mail', () => {
  it('gives what is there at once', async () => {
    const provider = await start()
    await send(provider, 587)

    expect(await provider.waitForMessage()).toBe(provider.messages[0])
    expect(await provider.waitForMessages(1)).toEqual(provider.messages)
    expect(await provider.waitForMessages(0)).toEqual(provider.messages)
  })

  it('gives what comes later', async () => {
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

  it('ends with the signal, before or after it was given', async () => {
    const provider = await start()
    const reason = new Error('enough')
    const controller = new AbortController()
    const waiting = provider.waitForMessage(undefined, { signal: controller.signal })

    controller.abort(reason)

    await expect(waiting).rejects.toBe(reason)
    await expect(provider.waitForMessages(1, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('ends with the provider', async () => {
    const provider = await start()
    const waiting = failure(provider.waitForMessage())

    await provider.close()

    expect((await waiting).message).toContain('the provider was closed')
    await expect(provider.waitForMessages(1)).rejects.toThrow('the provider was closed')
  })
})

describe('closing', () => {
  it('can be done twice, and by `await using`', async () => {
    const provider = await start()

    expect(provider.close()).toBe(provider.close())
    await provider[Symbol.asyncDispose]()
    await expect(provider.fault(587, 'refuse')).rejects.toThrow('The provider is closed')
    await expect(provider.heal(587)).rejects.toThrow('The provider is closed')
  })

  it('overtakes a fault that is on its way', async () => {
    const provider = await start()
    const late = failure(provider.fault(587, 'bad-certificate'))

    await provider.close()

    expect((await late).message).toBe('The provider is closed')
    expect((await start({ ports: provider.ports })).ports).toEqual(provider.ports)
  })

  it('gives every port back, the faulty ones too', async () => {
    const provider = await start({ faults: { 25: 'refuse', 587: 'black-hole', 2525: 'silent' } })

    await provider.close()

    const again = await start({ ports: provider.ports })
    expect(again.ports).toEqual(provider.ports)
  })

  it('ends the connections that are open, at every stage', async () => {
    const provider = await start({ faults: { 2525: 'silent' } })
    const greeted = await talk(provider, 587)
    await greeted.reply()
    const encrypted = await talk(provider, 25)
    await encrypted.open()
    const secure = await talk(provider, 465)
    const unanswered = await talk(provider, 2525)
    // In the middle of a handshake, where Node is touchy.
    const shaking = await talk(provider, 587)
    await shaking.reply()
    await shaking.say('EHLO client.test')
    await shaking.say('STARTTLS')
    shaking.socket.write(Buffer.from('160301', 'hex'))
    const fresh = connect(provider.ports[465], provider.host)
    await once(fresh, 'connect')
    fresh.write(Buffer.from('160301', 'hex'))
    fresh.on('error', () => {})

    const gone = [greeted, encrypted, secure, unanswered, shaking].map((client) => client.ended())
    await Promise.all([provider.close(), ...gone, new Promise((resolve) => fresh.once('close', resolve))])
    expect(provider.connections).toEqual({ 25: 1, 465: 2, 587: 2, 2525: 1 })
  })

  it('keeps the mailbox readable', async () => {
    const provider = await start()
    await send(provider, 587, { subject: base64('kept') })
    await provider.close()
    expect(provider.messages).toHaveLength(1)
  })
})
