import { getEventListeners, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { faultNames, type Fault, type Provider, startProvider } from '@postern/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBlackHole } from '../../../testing/src/black-hole.ts'
import { ca, certificates, trusted } from '../../test/certificates.ts'
import { deferred } from '../../test/deferred.ts'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Peer, type Script, serve, upToTls } from '../../test/scripted-server.ts'
import type { FailureCode, Stage } from '../failure/failure.ts'
import { SettingsError } from '../settings/settings-error.ts'
import { probe, type ProbeOptions } from './probe.ts'

const auth = { user: 'ada@example.com', pass: 'hunter2' }
const host = '127.0.0.1'

let provider: Provider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())

const brief: ProbeOptions['budgets'] = { dns: 2_000, connect: 400, greeting: 400, tls: 400, reply: 400 }

/** Probes a scripted server with a login, checks that no resources are left, and returns the report with the peers. */
async function probed(script: Script, options: ProbeOptions = {}, security: 'starttls' | 'implicit' = 'starttls') {
  await using server = await serve(script)
  const caller = new AbortController()
  const report = await expectNoLeaks(async () => {
    const report = await probe(
      { host, port: server.port, security },
      { auth, tls: { ca }, budgets: brief, deadline: 10_000, signal: caller.signal, ...options },
    )
    await server.quiet()
    return report
  })
  expect(getEventListeners(caller.signal, 'abort')).toEqual([])
  return { ...report, peers: server.peers }
}

/** Everything a client may send before TLS: EHLO twice if the first name is refused. */
const onlyEhloAndStarttls = /^(?:(?:EHLO [^\s]+\r\n){1,2}(?:STARTTLS\r\n)?)?$/

/** What the client sent before its TLS handshake. */
function clearText(peer: Peer): string {
  return peer.clear.split('\u0016\u0003')[0] ?? ''
}

const greet = (peer: Peer) => peer.say('220 mail.example.com ESMTP\r\n')

/** Offers STARTTLS, and answers it with this reply. */
const afterStarttls = (reply: string): Script => async (peer) => {
  greet(peer)
  await peer.hear()
  peer.say('250-mail.example.com\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n')
  expect(await peer.hear()).toBe('STARTTLS')
  peer.say(reply)
  await peer.gone
}

/** Answers the EHLO under TLS with this offer, then runs another script. */
const underTls = (offer: string, then: Script = (peer) => peer.gone): Script => async (peer) => {
  await upToTls(peer)
  await peer.secure(trusted)
  await peer.hear()
  peer.say(offer)
  await then(peer)
}

const offersPlain = '250-mail.example.com\r\n250 AUTH PLAIN\r\n'

describe('a server that violates the protocol', () => {
  it.each<[what: string, code: FailureCode, stage: Stage, script: Script]>([
    ['sends nothing', 'greeting-timeout', 'greeting', () => {}],
    ['closes at once', 'connection-lost', 'greeting', (peer) => peer.end()],
    ['greets with a line of HTTP', 'not-smtp', 'greeting', (peer) => peer.say('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['greets as SSH', 'not-smtp', 'greeting', (peer) => peer.say('SSH-2.0-OpenSSH_9.6\r\n')],
    ['greets as IMAP', 'not-smtp', 'greeting', (peer) => peer.say('* OK IMAP4rev1 ready\r\n')],
    ['greets as POP3', 'not-smtp', 'greeting', (peer) => peer.say('+OK ready\r\n')],
    ['greets with 554', 'greeting-rejected', 'greeting', (peer) => peer.say('554 5.7.1 no\r\n')],
    ['greets with 421', 'greeting-rejected', 'greeting', (peer) => peer.say('421 4.3.2 busy\r\n')],
    ['greets with 250', 'greeting-rejected', 'greeting', (peer) => peer.say('250 hello\r\n')],
    ['floods the greeting with lines', 'reply-too-large', 'greeting', (peer) => peer.flood('220-hello\r\n')],
    ['floods the greeting without a line end', 'reply-too-large', 'greeting', (peer) => peer.flood('x'.repeat(4096))],
    ['begins a greeting and falls silent', 'greeting-timeout', 'greeting', (peer) => peer.say('220-mail')],
    [
      'refuses EHLO with 502',
      'ehlo-rejected',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.hear()
        peer.say('502 5.5.1 HELO only\r\n')
        await peer.gone
      },
    ],
    [
      'does not reply to EHLO',
      'reply-timeout',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.gone
      },
    ],
    [
      'resets at EHLO',
      'connection-lost',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.hear()
        peer.reset()
      },
    ],
    [
      'closes at EHLO',
      'connection-lost',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.hear()
        peer.end()
      },
    ],
    [
      'answers EHLO for ever',
      'reply-too-large',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.hear()
        await peer.flood('250-X\r\n')
      },
    ],
    [
      'mixes codes in one reply',
      'protocol-error',
      'ehlo',
      async (peer) => {
        greet(peer)
        await peer.hear()
        peer.say('250-mail.example.com\r\n220 STARTTLS\r\n')
        await peer.gone
      },
    ],
    [
      'leaves STARTTLS out',
      'starttls-not-offered',
      'starttls',
      async (peer) => {
        greet(peer)
        await peer.hear()
        peer.say('250-mail.example.com\r\n250-XSTARTTLS\r\n250 AUTH PLAIN LOGIN\r\n')
        await peer.gone
      },
    ],
    ['refuses STARTTLS with 454', 'starttls-rejected', 'starttls', afterStarttls('454 4.7.0 not now\r\n')],
    ['refuses STARTTLS with 501', 'starttls-rejected', 'starttls', afterStarttls('501 5.5.4 no\r\n')],
    ['answers STARTTLS with 250', 'starttls-rejected', 'starttls', afterStarttls('250 sure\r\n')],
    ['answers STARTTLS with 221', 'starttls-rejected', 'starttls', afterStarttls('221 bye\r\n')],
    ['answers STARTTLS with 334', 'starttls-rejected', 'starttls', afterStarttls('334 \r\n')],
    ['does not reply to STARTTLS', 'reply-timeout', 'starttls', afterStarttls('')],
    ['injects a reply behind the 220', 'starttls-injection', 'starttls', afterStarttls('220 go\r\n250 AUTH PLAIN\r\n')],
    ['injects the beginning of a reply behind the 220', 'starttls-injection', 'starttls', afterStarttls('220 go\r\n25')],
    ['injects one byte behind the 220', 'starttls-injection', 'starttls', afterStarttls('220 go\r\n\r')],
    ['answers the handshake in plain text', 'tls-handshake', 'tls', async (peer) => {
      await upToTls(peer)
      await peer.hearAnything()
      peer.say('250 no, rather not\r\n')
      await peer.gone
    }],
    ['does not reply to the handshake', 'reply-timeout', 'tls', async (peer) => {
      await upToTls(peer)
      await peer.gone
    }],
    ['resets in the handshake', 'connection-lost', 'tls', async (peer) => {
      await upToTls(peer)
      await peer.hearAnything()
      peer.reset()
    }],
    ['closes in the handshake', 'connection-lost', 'tls', async (peer) => {
      await upToTls(peer)
      await peer.hearAnything()
      peer.end()
    }],
    ['does not reply to EHLO under TLS', 'reply-timeout', 'ehlo', async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      await peer.gone
    }],
    ['takes its offer of a login back under TLS', 'auth-not-offered', 'auth', underTls('250-mail.example.com\r\n250 SIZE\r\n')],
    ['offers nothing a password fits', 'auth-mechanism', 'auth', underTls('250-x\r\n250 AUTH GSSAPI XOAUTH2 NTLM\r\n')],
    ['does not reply to AUTH', 'reply-timeout', 'auth', underTls(offersPlain)],
    ['resets at AUTH', 'connection-lost', 'auth', underTls(offersPlain, async (peer) => {
      await peer.hear()
      peer.reset()
    })],
    ['answers AUTH with 334 for ever', 'protocol-error', 'auth', underTls(offersPlain, async (peer) => {
      for (;;) {
        await peer.hear()
        peer.say('334 \r\n')
      }
    })],
  ])('that %s causes %s in stage %s', async (_what, code, stage, script) => {
    const { ok, failure, stages, peers } = await probed(script)
    expect(ok).toBe(false)
    expect(failure).toMatchObject({ code, stage })
    expect(stages.at(-1)?.stage).toBe(stage)
    for (const peer of peers) {
      expect(clearText(peer)).toMatch(onlyEhloAndStarttls)
      expect(peer.secret.match(/AUTH/g) ?? []).toHaveLength(stage === 'auth' && !code.startsWith('auth-') ? 1 : 0)
    }
  })

  it('may reset the connection at once', async () => {
    const { failure } = await probed((peer) => peer.reset())
    expect(failure).toMatchObject({ code: 'connection-lost', systemCode: 'ECONNRESET' })
  })

  it('cannot send a line beyond the limit byte by byte', async () => {
    const { failure } = await probed((peer) => peer.drip('220 '.padEnd(13_000, 'x')), { budgets: { greeting: 60_000 } })
    expect(failure).toMatchObject({ code: 'reply-too-large', stage: 'greeting' })
  })

  it('may reset the connection right after the 220, without an uncaught exception', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { failure } = await probed(async (peer) => {
        await upToTls(peer)
        peer.reset()
      })
      expect(['connection-lost', 'tls-handshake']).toContain(failure?.code)
    }
  })

  it('cannot exceed the deadline with a reply that arrives byte by byte', async () => {
    const { failure } = await probed((peer) => peer.drip('220-still here\r\n'.repeat(50)), { deadline: 150, budgets: { greeting: 60_000 } })
    expect(failure).toMatchObject({ code: 'deadline', stage: 'greeting' })
  })

  it('may split its replies in any way', async () => {
    const { ok } = await probed(async (peer) => {
      await peer.drip('220 mail.example.com\r\n')
      await peer.hear()
      await peer.drip('250-mail.example.com\r\n250 STARTTLS\r\n')
      await peer.hear()
      await peer.drip('220 go\r\n')
      await peer.secure(trusted)
      await peer.hear()
      await peer.drip(offersPlain)
      await peer.hear()
      await peer.drip('235 2.7.0 welcome\r\n')
      await peer.hear()
    })
    expect(ok).toBe(true)
  })

  it('is never sent HELO, whatever it replies to EHLO', async () => {
    for (const reply of ['500 what?', '502 no', '504 no', '550 no', '421 no', '220 yes']) {
      const { peers } = await probed(async (peer) => {
        greet(peer)
        await peer.hear()
        peer.say(`${reply}\r\n`)
        await peer.gone
      })
      expect(peers[0]?.clear).toMatch(/^(?:EHLO [^\s]+\r\n){1,2}$/)
    }
  })

  it('is trusted only for what it offers under TLS', async () => {
    const { untrustedCapabilities, capabilities, login } = await probed(async (peer) => {
      greet(peer)
      await peer.hear()
      peer.say('250-mail.example.com\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH LOGIN CRAM-MD5\r\n')
      await peer.hear()
      peer.say('220 go\r\n')
      await underTlsFromHere(peer)
    })
    expect(capabilities).toMatchObject({ size: undefined, auth: ['PLAIN'], startTls: false, keywords: { AUTH: ['PLAIN'] } })
    expect(untrustedCapabilities).toMatchObject({ size: 1, auth: ['LOGIN', 'CRAM-MD5'], startTls: true })
    expect(login).toEqual({ outcome: 'accepted', mechanism: 'PLAIN' })
  })
})

async function underTlsFromHere(peer: Peer): Promise<void> {
  await peer.secure(trusted)
  await peer.hear()
  peer.say(offersPlain)
  await peer.hear()
  peer.say('235 2.7.0 welcome\r\n')
  await peer.hear()
}

describe('a port with the wrong kind of encryption', () => {
  it('is starttls-expected if it answers a TLS handshake in plain text', async () => {
    const { failure } = await probed(
      (peer) => {
        greet(peer)
        return peer.gone
      },
      {},
      'implicit',
    )
    expect(failure).toMatchObject({ code: 'starttls-expected', stage: 'tls' })
  })

  it('is tls-expected if a second connection succeeds with TLS', async () => {
    const { failure, peers } = await probed(async (peer) => {
      await peer.secure(trusted)
      greet(peer)
      await peer.gone
    })
    expect(failure).toMatchObject({ code: 'tls-expected', stage: 'greeting' })
    expect(peers).toHaveLength(2)
    for (const peer of peers) expect(peer.secret).toBe('')
  })

  it('is tls-expected even if its certificate is not trusted', async () => {
    const untrusted = await certificates.issue('untrusted')
    const { failure } = await probed((peer) => peer.secure(untrusted))
    expect(failure).toMatchObject({ code: 'tls-expected' })
  })
})

describe('the login', () => {
  it.each([
    ['535 5.7.8 kumquat', 'auth-rejected'],
    ['534 5.7.9 kumquat', 'auth-rejected'],
    ['538 5.7.11 kumquat', 'auth-rejected'],
    ['500 kumquat', 'auth-rejected'],
    ['454 4.7.0 kumquat', 'auth-temporary'],
    ['421 4.3.0 kumquat', 'auth-temporary'],
    ['432 4.7.12 kumquat', 'auth-temporary'],
    ['504 5.5.4 kumquat', 'auth-mechanism'],
    ['250 kumquat', 'protocol-error'],
    ['kumquat', 'protocol-error'],
  ] as const)('with the reply "%s" is %s, and is attempted once', async (reply, code) => {
    const { failure, peers } = await probed(
      underTls(offersPlain, async (peer) => {
        await peer.hear()
        peer.say(`${reply}\r\n`)
        await peer.gone
      }),
    )
    expect(failure).toMatchObject({ code, stage: 'auth' })
    expect(failure?.replyCode).toBe(/^\d/.test(reply) ? Number(reply.slice(0, 3)) : undefined)
    expect(failure?.enhancedCode).toBe(/\d\.\d\.\d+/.exec(reply)?.[0])
    expect(peers[0]?.secret.match(/AUTH /g)).toHaveLength(1)
    expect(JSON.stringify(failure)).not.toContain('kumquat')
  })

  it.each(['untrusted', 'expired', 'not-yet-valid', 'other-name'] as const)(
    'is not attempted with a certificate that is %s',
    async (kind) => {
      const certificate = await certificates.issue(kind)
      const { failure, peers } = await probed(async (peer) => {
        await upToTls(peer)
        await peer.secure(certificate)
        await peer.hear()
      })
      expect(failure).toMatchObject({ stage: 'tls', code: expect.stringMatching(/^certificate-/) })
      expect(peers[0]?.secret).toBe('')
    },
  )

  it('lists the names in a certificate for another host', async () => {
    const certificate = await certificates.issue('other-name')
    const { failure } = await probed(async (peer) => {
      await upToTls(peer)
      await peer.secure(certificate)
    })
    expect(failure?.message).toContain('mail.example.net')
  })

  it('is not sent unencrypted to another machine, unless the policy allows it', async () => {
    const endpoint = { host: 'mail.example.com', port: 25, security: 'none' } as const
    await expect(probe(endpoint, { auth, dial: () => expect.unreachable('a connection was made') })).rejects.toBeInstanceOf(SettingsError)
    const allowed = await probe(endpoint, {
      auth,
      dial: () => Promise.reject(new Error('no route')),
      policy: { allowCleartext: 'always' },
    })
    expect(allowed.failure?.stage).toBe('connect')
  })

  it('is sent unencrypted on this machine', async () => {
    await provider.fault(587, 'no-starttls')
    const report = await probe({ host, port: provider.ports[587], security: 'none' }, { auth: provider.auth })
    await provider.heal(587)
    expect(report.login).toEqual({ outcome: 'accepted', mechanism: 'PLAIN' })
  })
})

describe('with each fault of a provider', () => {
  // A probe sends no message, so faults of the message do not apply.
  const message = /^(?:sender|recipient|message|drops|hangs)-/

  const only: Partial<Record<Fault, number>> = {
    'no-starttls': 587,
    'starttls-refused': 587,
    'starttls-injection': 587,
    'starttls-hangs': 587,
    'plain-implicit': 587,
    'plain-at-mail': 587,
    'implicit-plain': 465,
  }
  const cases = faultNames
    .filter((fault) => !message.test(fault))
    .flatMap((fault) => ([587, 465] as const).map((port) => [fault, port] as const))
    .filter(([fault, port]) => only[fault] === undefined || only[fault] === port)

  it.each(cases)(
    '"%s" on %i: no login before TLS, and at most one under TLS',
    async (fault, port) => {
      await provider.fault(port, fault)
      const before = provider.logins.length
      const report = await probe(
        { host, port: provider.ports[port], security: port === 465 ? 'implicit' : 'starttls' },
        { auth: provider.auth, tls: { ca: provider.ca }, budgets: { connect: 100, greeting: 100, tls: 300, reply: 300 }, deadline: 2_000 },
      )
      const logins = provider.logins.slice(before)
      await provider.heal(port)
      expect(logins.every(({ secure }) => secure)).toBe(true)
      expect(logins.length).toBeLessThanOrEqual(1)
      expect(report.ok).toBe(logins.some(({ ok }) => ok))
      expect(JSON.stringify(report)).not.toContain(provider.auth.pass)
    },
  )
})

describe('the report', () => {
  it('lists the stages of a working endpoint', async () => {
    const endpoint = { host, port: provider.ports[587], security: 'starttls' } as const
    const report = await probe(endpoint, { auth: provider.auth, tls: { ca: provider.ca } })
    expect(report).toMatchObject({
      endpoint,
      ok: true,
      address: '127.0.0.1',
      login: { outcome: 'accepted', mechanism: 'PLAIN' },
      tls: { protocol: 'TLSv1.3', verified: true, certificate: { names: expect.arrayContaining(['localhost']) } },
    })
    expect(report.stages.map(({ stage }) => stage)).toEqual(['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'tls', 'ehlo', 'auth'])
    expect(report.failure).toBeUndefined()
  })

  it('contains no control character from the server', async () => {
    const report = await probed(async (peer) => {
      peer.say('220 mail\u001b[2J\u0000\u009b\r\n')
      await peer.hear()
      peer.say('250-x\r\n250 STARTTLS\r\n')
      await peer.hear()
      peer.say('220 go\r\n')
      await peer.secure(trusted)
      await peer.hear()
      peer.say('250-x\r\n250-X\u0007Y \u001bZ\r\n250 AUTH PLAIN \u001b[31m\r\n')
      await peer.gone
    })
    const { greeting, capabilities } = report
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify({ greeting, capabilities })).not.toMatch(/\\u00[01]/)
    expect(capabilities?.auth).toEqual(['PLAIN', '?[31M'])
    expect(capabilities?.keywords).toEqual({ 'X?Y': ['?Z'], AUTH: ['PLAIN', '?[31m'] })
  })

  it('is returned for an unknown host, a closed port and an aborted signal', async () => {
    expect(await probe({ host: 'mail.postern.invalid', port: 587, security: 'starttls' })).toMatchObject({
      ok: false,
      failure: { code: 'dns-not-found', stage: 'dns' },
    })
    const server = await serve(() => {})
    await server[Symbol.asyncDispose]()
    expect(await probe({ host, port: server.port, security: 'starttls' })).toMatchObject({
      failure: { code: 'connect-refused', stage: 'connect', systemCode: 'ECONNREFUSED' },
    })
    expect(
      await probe({ host, port: provider.ports[587], security: 'starttls' }, { signal: AbortSignal.abort() }),
    ).toMatchObject({ failure: { code: 'aborted' } })
  })

  it('rejects for an invalid port, and accepts an infinite deadline', async () => {
    await expect(probe({ host, port: 70_000, security: 'starttls' })).rejects.toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' })
    const report = await probe(
      { host, port: provider.ports[587], security: 'starttls' },
      { tls: { ca: provider.ca }, deadline: Infinity, budgets: { reply: Infinity } },
    )
    expect(report.ok).toBe(true)
  })

  it('connects a `localhost` name to this machine, without DNS', async () => {
    const report = await probe(
      { host: 'mail.localhost', port: provider.ports[587], security: 'starttls' },
      { tls: { ca: provider.ca, servername: 'localhost' } },
    )
    expect(report).toMatchObject({ ok: true, address: '127.0.0.1' })
  })
})

const at = (last: number, family: 4 | 6 = 4) => ({ address: `127.0.0.${last}`, family })

describe('addresses given by the caller', () => {
  /** A name that DNS cannot resolve. */
  const named = { host: 'mail.example.net', port: 0, security: 'starttls' } as const
  it.each(['starttls', 'implicit'] as const)('are used to connect, with the name for SNI and for the certificate: %s', async (security) => {
    const certificate = await certificates.issue('other-name')
    await using server = await serve(async (peer) => {
      if (security === 'starttls') await upToTls(peer)
      await peer.secure(certificate)
      if (security === 'implicit') greet(peer)
      await peer.hear()
      peer.say(offersPlain)
      await peer.gone
    })
    const report = await probe({ ...named, port: server.port, security }, { tls: { ca }, addresses: [at(1)] })
    expect(report).toMatchObject({ ok: true, address: '127.0.0.1', tls: { verified: true, certificate: { names: ['mail.example.net'] } } })
    expect(server.peers.map(({ servername }) => servername)).toEqual(['mail.example.net'])
    const other = await probe({ ...named, host: 'mail.example.com', port: server.port, security }, { tls: { ca }, addresses: [at(1)] })
    expect(other.failure).toMatchObject({ code: 'certificate-name', stage: 'tls' })
  })

  it('are tried one after another: the report has the one that connected', async () => {
    await using server = await serve((peer) => {
      greet(peer)
      return peer.gone
    })
    const hole = await openBlackHole(server.port, '127.0.0.2')
    try {
      const report = await probe({ ...named, port: server.port }, { addresses: [at(2, 6), at(3), at(1)], budgets: { reply: 50 } })
      expect(report).toMatchObject({ address: '127.0.0.1', failure: { code: 'reply-timeout', stage: 'ehlo' } })
    } finally {
      await hole.close()
    }
  })

  it('replace the DNS lookup, even if there are none', async () => {
    const report = await probe({ ...named, host: 'localhost', port: provider.ports[587] }, { addresses: [] })
    expect(report.failure).toMatchObject({ code: 'network-unreachable', stage: 'connect' })
  })
})

describe('a connection opened by `dial`', () => {
  it('may resolve to undefined after an abort', async () => {
    const [caller, late] = [new AbortController(), deferred<undefined>()]
    const dial = () => {
      setImmediate(() => caller.abort())
      return late.promise
    }
    const { failure } = await probe({ host, port: 587, security: 'starttls' }, { signal: caller.signal, dial })
    expect(failure?.code).toBe('aborted')
    // An error here would be an unhandled rejection, which fails the run.
    late.resolve(undefined)
    await late.promise
  })

  it('is opened by Postern if `dial` returns undefined', async () => {
    const asked: number[] = []
    const dial = async ({ port }: { port: number }) => (asked.push(port), undefined)
    const { ports, ca } = provider
    const { ok, stages } = await probe({ host, port: ports[587], security: 'starttls' }, { tls: { ca }, dial })
    expect([ok, asked]).toEqual([true, [ports[587]]])
    expect(stages.map(({ stage }) => stage)).toContain('dns')
  })

  it('has the same timeout, and is closed if it opens too late', async () => {
    await using server = await serve(() => {})
    const socket = deferred<Socket>()
    const report = await probe(
      { host: 'mail.example.com', port: 587, security: 'starttls' },
      {
        budgets: { connect: 20 },
        dial: () => socket.promise,
      },
    )
    expect(report.failure).toMatchObject({ code: 'connect-timeout', stage: 'connect' })
    const late = connect(server.port, host)
    await once(late, 'connect')
    socket.resolve(late)
    await (await server.firstPeer).gone
  })

  it('gets a native AbortSignal, which aborts with the probe', async () => {
    const given: AbortSignal[] = []
    const dial: ProbeOptions['dial'] = async (_, signal) => {
      given.push(signal)
      return new Promise<undefined>(() => {})
    }
    await probe({ host, port: 587, security: 'starttls' }, { deadline: 20, dial })
    expect(given).toEqual([expect.any(AbortSignal)])
    expect(given[0]?.aborted).toBe(true)
  })

  it('is not requested if the signal is already aborted', async () => {
    const { failure } = await probe(
      { host, port: 587, security: 'starttls' },
      { signal: AbortSignal.abort(), dial: () => expect.unreachable('dialled') },
    )
    expect(failure?.code).toBe('aborted')
  })
})
