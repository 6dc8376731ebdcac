import { createServer } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { startProvider } from '@postern/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ca, certificates, trusted } from '../../test/certificates.ts'
import { deferred } from '../../test/deferred.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, type Script, serve, upToTls } from '../../test/scripted-server.ts'
import { probe, type ProbeOptions } from './probe.ts'

const host = '127.0.0.1'
const [untrusted, otherName] = await Promise.all([certificates.issue('untrusted'), certificates.issue('other-name')])
const auth = { user: 'ada@example.com', pass: 'hunter2' }

/** So long that no test here ends with a timeout. */
const endless: ProbeOptions['budgets'] = { dns: 3_600_000, connect: 3_600_000, greeting: 3_600_000, tls: 3_600_000, reply: 3_600_000 }

/** Probes a server with one script per connection, in order. The last script is used for all further connections. */
async function probed(security: 'starttls' | 'implicit', scripts: readonly Script[], options: ProbeOptions = {}) {
  let count = 0
  await using server = await serve((peer) => scripts[Math.min(count++, scripts.length - 1)]!(peer))
  return await expectNoLeaks(async () => {
    const report = await probe(
      { host, port: server.port, security },
      { auth, tls: { ca }, budgets: endless, deadline: Infinity, ...options },
    )
    await server.quiet()
    for (const { clear, secret } of server.peers) expect(clear + secret).not.toMatch(/AUTH PLAIN [A-Za-z0-9+/]/)
    return { report, peers: [...server.peers] }
  })
}

const silent: Script = (peer) => peer.gone
const tls = (then: Script = silent, context = trusted): Script => async (peer) => {
  await peer.secure(context)
  await then(peer)
}
const says = (bytes: string | Buffer): Script => async (peer) => {
  peer.say(bytes)
  await peer.gone
}
/** Sends these bytes after it has received something. */
const answers = (bytes: string | Buffer): Script => async (peer) => {
  await peer.hearAnything()
  await says(bytes)(peer)
}

/** A TLS 1.2 alert: fatal, handshake failure. */
const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])

/** A complete dialogue with STARTTLS and a login. */
async function completeDialogue(peer: Peer): Promise<void> {
  await upToTls(peer)
  await peer.secure(trusted)
  await peer.hear()
  peer.say('250-mail.example.com\r\n250 AUTH LOGIN\r\n')
  await peer.hear()
  peer.say('334 \r\n')
  await peer.hear()
  peer.say('334 \r\n')
  await peer.hear()
  peer.say('235 2.7.0 welcome\r\n')
  await peer.hear()
}

describe('a server that sends no greeting', () => {
  it.each<[what: string, second: Script]>([
    ['is silent under TLS', tls()],
    ['greets under TLS', tls(says('220 mail.example.com\r\n'))],
    ['uses another protocol under TLS', tls(says('* OK IMAP4rev1 ready\r\n'))],
    ['has an untrusted certificate', tls(silent, untrusted)],
    ['has a certificate for another name', tls(silent, otherName)],
    ['supports only TLS 1.1', (peer) => peer.secure({ ...trusted, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }).catch(() => peer.gone)],
    ['answers the handshake with an alert', answers(alert)],
  ])('and %s is tls-expected, before the greeting times out', async (_what, second) => {
    const { report, peers } = await probed('starttls', [silent, second])
    expect(report).toMatchObject({ ok: false, failure: { code: 'tls-expected', stage: 'greeting' } })
    expect(report.failure).not.toHaveProperty('systemCode')
    expect(peers.map(({ clear, secret }) => [clear.split('\u0016\u0003')[0], secret])).toEqual([['', ''], ['', '']])
  })

  it('and closes the connection at once is tls-expected too', async () => {
    const { report, peers } = await probed('starttls', [(peer) => peer.end(), tls()])
    expect(report.failure?.code).toBe('tls-expected')
    expect(peers).toHaveLength(2)
  })

  it.each<[what: string, second: Script]>([
    ['sends nothing', silent],
    ['closes', (peer) => peer.end()],
    ['resets', (peer) => peer.reset()],
    ['answers TLS in plain text', answers('220 mail.example.com\r\n')],
    ['answers TLS with HTTP', answers('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('and that, with TLS, %s, remains greeting-timeout', async (_what, second) => {
    const { report, peers } = await probed('starttls', [silent, second], { budgets: { greeting: 400, tls: 400 } })
    expect(report.failure).toMatchObject({ code: 'greeting-timeout', stage: 'greeting' })
    expect(peers).toHaveLength(2)
  })
})

describe('a server that greets late', () => {
  it.each<[what: string, second: Script]>([
    ['while the second connection waits for an answer to its handshake', silent],
    ['while the second connection has been refused', (peer) => peer.reset()],
    ['and closes the second connection', (peer) => peer.end()],
    ['and greets the second connection first', says('220 mail.example.com ESMTP\r\n')],
  ])('%s is probed completely', async (_what, second) => {
    const secondOpened = deferred()
    const { report, peers } = await probed('starttls', [
      async (peer) => {
        await secondOpened.promise
        await completeDialogue(peer)
      },
      async (peer) => {
        secondOpened.resolve()
        await second(peer)
      },
    ])
    expect(report).toMatchObject({ ok: true, login: { mechanism: 'LOGIN' } })
    expect(peers).toHaveLength(2)
    expect(peers[1]!.secret).toBe('')
  })

  it('ends the second connection when it greets, not only at the end of the probe', async () => {
    const second = deferred<Peer>()
    const { report } = await probed('starttls', [
      async (peer) => {
        const { gone } = await second.promise
        peer.say('220 mail.example.com ESMTP\r\n')
        await peer.hear()
        await gone
        peer.say('502 5.5.1 no\r\n')
        await peer.hear()
        peer.say('502 5.5.1 no\r\n')
        await peer.gone
      },
      async (peer) => {
        await peer.hearAnything()
        second.resolve(peer)
        await peer.gone
      },
    ])
    expect(report.failure).toMatchObject({ code: 'ehlo-rejected', stage: 'ehlo' })
  })

  it.each([
    ['SSH-2.0-OpenSSH_9.6\r\n', 'not-smtp'],
    ['421 4.3.2 busy\r\n', 'greeting-rejected'],
  ] as const)('with an invalid greeting, %j, fails with the code for it, and ends the second connection', async (greeting, code) => {
    const secondOpened = deferred()
    const { report } = await probed('starttls', [
      async (peer) => {
        await secondOpened.promise
        await says(greeting)(peer)
      },
      async (peer) => {
        await peer.hearAnything()
        secondOpened.resolve()
        await peer.gone
      },
    ])
    expect(report.failure).toMatchObject({ code, stage: 'greeting' })
  })

  it('but has sent a part of the greeting is not tested for TLS', async () => {
    const { report, peers } = await probed('starttls', [says('220-mail.example.com\r\n')], { budgets: { greeting: 600 } })
    expect(report.failure?.code).toBe('greeting-timeout')
    expect(peers).toHaveLength(1)
  })
})

describe('a server that greets in time', () => {
  it('gets one connection, even if it is slow later', async () => {
    const { report, peers } = await probed('starttls', [
      async (peer) => {
        peer.say('220 mail.example.com ESMTP\r\n')
        await peer.gone
      },
    ], { budgets: { ...endless, reply: 600 } })
    expect(report.failure).toMatchObject({ code: 'reply-timeout', stage: 'ehlo' })
    expect(peers).toHaveLength(1)
  })

  it('gets one connection per port of a provider', async () => {
    await using provider = await startProvider()
    for (const port of [587, 2525, 465] as const) {
      const security = port === 465 ? 'implicit' : 'starttls'
      await expectNoLeaks(() => probe({ host, port: provider.ports[port], security }, { tls: { ca: provider.ca } }))
    }
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 1, 465: 1 })
  })

  it('and is not a mail server, or rejects the client, gets one connection', async () => {
    for (const [greeting, code] of [['SSH-2.0-OpenSSH_9.6\r\n', 'not-smtp'], ['554 no\r\n', 'greeting-rejected']] as const) {
      const { report, peers } = await probed('starttls', [says(greeting)])
      expect(report.failure?.code).toBe(code)
      expect(peers).toHaveLength(1)
    }
  })
})

describe('a port that answers TLS in plain text', () => {
  it.each<[code: string, what: string, script: Script]>([
    ['starttls-expected', 'greets', says('220 mail.example.com ESMTP\r\n')],
    ['starttls-expected', 'greets in several lines', says('220-mail.example.com\r\n220 ESMTP\r\n')],
    ['starttls-expected', 'greets with a refusal', says('554 5.7.1 not you\r\n')],
    ['starttls-expected', 'rejects a client that sends first', answers('554 5.5.1 pipelining\r\n')],
    ['not-smtp', 'uses HTTP', answers('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')],
    ['not-smtp', 'uses SSH', says('SSH-2.0-OpenSSH_9.6\r\n')],
    ['not-smtp', 'uses IMAP', says('* OK IMAP4rev1 ready\r\n')],
    ['not-smtp', 'uses POP3', says('+OK ready\r\n')],
  ])('is %s if it %s', async (code, _what, script) => {
    const { report, peers } = await probed('implicit', [script])
    expect(report.failure).toMatchObject({ code, stage: 'tls' })
    expect(peers).toHaveLength(2)
    expect(peers[1]).toMatchObject({ clear: 'QUIT\r\n', secret: '' })
  })

  it('is starttls-expected if the second connection gives no information', async () => {
    for (const second of [(peer: Peer) => peer.end(), (peer: Peer) => peer.reset(), silent]) {
      const { report } = await probed('implicit', [says('220 mail.example.com\r\n'), second], { budgets: { greeting: 300 } })
      expect(report.failure?.code).toBe('starttls-expected')
    }
  })

  it("is not-smtp if it is Node's HTTP server", async () => {
    const server = createServer().listen(0, host)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const report = await probe({ host, port: (server.address() as AddressInfo).port, security: 'implicit' })
    expect(report.failure).toMatchObject({ code: 'not-smtp', stage: 'tls' })
  })

  it('gets no second connection if TLS fails in another way', async () => {
    for (const script of [(peer: Peer) => peer.end(), (peer: Peer) => peer.reset(), answers(alert)]) {
      const { peers } = await probed('implicit', [script])
      expect(peers).toHaveLength(1)
    }
  })
})

it.each<[code: string, script: Script]>([
  ['greeting-timeout', tls()],
  ['connection-lost', tls((peer) => peer.end())],
])('a port with implicit TLS and no greeting is %s, and gets no second connection', async (code, script) => {
  const { report, peers } = await probed('implicit', [script], { budgets: { ...endless, greeting: 500 } })
  expect(report.failure).toMatchObject({ code, stage: 'greeting' })
  expect(peers).toHaveLength(1)
})

it('a failure after a late greeting is not reported as tls-expected', async () => {
  const secondOpened = deferred()
  const { report } = await probed('starttls', [
    async (peer) => {
      await secondOpened.promise
      peer.say('220 mail.example.com\r\n')
      await peer.hear()
      peer.end()
    },
    async (peer) => {
      await peer.hearAnything()
      secondOpened.resolve()
      await peer.gone
    },
  ])
  expect(report.failure).toMatchObject({ code: 'connection-lost', stage: 'ehlo' })
})

describe('the second connection', () => {
  it.each([
    ['deadline', { deadline: 600 }],
    ['aborted', {}],
  ] as const)('ends with the first: %s', async (code, options) => {
    const caller = new AbortController()
    const { report, peers } = await probed('starttls', [
      silent,
      async (peer) => {
        await peer.hearAnything()
        if (code === 'aborted') caller.abort()
        await peer.gone
      },
    ], { signal: caller.signal, ...options })
    expect(report.failure).toMatchObject({ code, stage: 'greeting' })
    expect(peers).toHaveLength(2)
  })

  it.each(['deadline', 'aborted'])('ends with the probe if the first has already failed: %s', async (end) => {
    const caller = new AbortController()
    const { report, peers } = await probed('starttls', [
      (peer) => peer.end(),
      async (peer) => {
        await peer.hearAnything()
        if (end === 'aborted') caller.abort()
        await peer.gone
      },
    ], { signal: caller.signal, ...(end === 'deadline' && { deadline: 300 }) })
    expect(report.failure).toMatchObject({ code: 'connection-lost', stage: 'greeting' })
    expect(peers).toHaveLength(2)
  })

  it('is not opened after an abort', async () => {
    const caller = new AbortController()
    const { report, peers } = await probed('starttls', [
      async (peer) => {
        caller.abort()
        await peer.gone
      },
    ], { signal: caller.signal })
    expect(report.failure?.code).toBe('aborted')
    expect(peers.length).toBeLessThanOrEqual(1)
  })

  it('is opened with the same `dial`, and its exceptions reject the probe', async () => {
    let calls = 0
    await using server = await serve(silent)
    const dial: ProbeOptions['dial'] = () => {
      calls += 1
      if (calls > 1) throw new TypeError('a bug of the caller')
      return Promise.resolve(connect(server.port, host))
    }
    await expect(probe({ host, port: server.port, security: 'starttls' }, { dial, budgets: { ...endless, greeting: 500 } })).rejects.toThrow('a bug of the caller')
    await expectNoLeaks(() => server.quiet())
    expect(calls).toBe(2)
  })
})
