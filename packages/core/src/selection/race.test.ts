import { startProvider, type Fault, type Provider } from '@postern/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { expectNoLeaks } from '../../test/expect-no-leaks.ts'
import { type Script, serve, upToTls } from '../../test/scripted-server.ts'
import { ca, trusted } from '../../test/certificates.ts'
import { selectEndpoint, type SelectEndpointOptions } from '../probe/select-endpoint.ts'
import { NoUsableEndpointError } from './no-usable-endpoint-error.ts'
import type { Attempt } from './attempt.ts'

let provider: Provider
afterEach(() => provider?.close())

/** Faults that fail immediately, so that a busy machine does not start a rung too early. */
const patient: SelectEndpointOptions = {
  timing: { attemptDelay: 60_000, preferenceGrace: 60_000 },
  budgets: { dns: 2_000, connect: 400, greeting: 400, tls: 400, reply: 400 },
}

async function climbWith(faults: Partial<Record<587 | 2525 | 465, Fault>>, options: SelectEndpointOptions = patient) {
  provider = await startProvider({ faults })
  return await selectEndpoint(provider.settings, options)
}

async function exhaustedBy(promise: Promise<unknown>): Promise<NoUsableEndpointError> {
  const error: unknown = await promise.then(
    () => expect.unreachable('an endpoint was found'),
    (error: unknown) => error,
  )
  expect(NoUsableEndpointError.isInstance(error)).toBe(true)
  return error as NoUsableEndpointError
}

const nominal = (port: number) => Object.entries(provider.ports).find(([, real]) => real === port)?.[0]

/** Nominal ports with their outcomes, in the order in which they started. */
function story(attempts: readonly Attempt[]): string[] {
  return attempts.map(({ endpoint, outcome, failure }) =>
    [nominal(endpoint.port), outcome, ...(failure ? [failure.code] : [])].join(' '),
  )
}

describe('the ladder', () => {
  it('uses only 587 while it works', async () => {
    const { endpoint, attempts } = await climbWith({}, { timing: { attemptDelay: 5_000 } })
    expect(endpoint.port).toBe(provider.ports[587])
    expect(story(attempts)).toEqual(['587 used'])
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 0, 465: 0, 25: 0 })
  })

  it.each([
    ['refuse', 'connect-refused'],
    ['reset', 'connection-lost'],
    ['greeting-rejected', 'greeting-rejected'],
    ['greeting-deferred', 'greeting-rejected'],
    ['bad-banner', 'not-smtp'],
    ['http-banner', 'not-smtp'],
    ['greeting-flood', 'reply-too-large'],
    ['ehlo-rejected', 'ehlo-rejected'],
    ['ehlo-endless', 'reply-too-large'],
    ['no-starttls', 'starttls-not-offered'],
    ['starttls-refused', 'starttls-rejected'],
    ['starttls-injection', 'starttls-injection'],
    ['tls-outdated', 'tls-version'],
    ['bad-certificate', 'certificate-untrusted'],
    ['certificate-expired', 'certificate-expired'],
    ['certificate-not-yet-valid', 'certificate-not-yet-valid'],
    ['certificate-name', 'certificate-name'],
    ['auth-not-offered', 'auth-not-offered'],
  ] as const)('falls back to 2525 if 587 has the fault "%s", and reports %s', async (fault, code) => {
    // A failed rung is followed immediately, so a long delay has no effect.
    const { endpoint, attempts } = await climbWith({ 587: fault }, { timing: { attemptDelay: 60_000, preferenceGrace: 60_000 } })
    expect(endpoint).toEqual({ host: '127.0.0.1', port: provider.ports[2525], security: 'starttls' })
    expect(story(attempts)).toEqual([`587 failed ${code}`, '2525 used'])
    expect(provider.connections[465]).toBe(0)
  })

  it.each([
    ['black-hole', 'connect-timeout'],
    ['silent', 'greeting-timeout'],
    ['plain-implicit', 'greeting-timeout'],
    ['starttls-hangs', 'reply-timeout'],
  ] as const)('supersedes 587 if it hangs ("%s"), and reports %s', async (fault, code) => {
    provider = await startProvider({ faults: { 587: fault } })
    const { endpoint, attempts } = await selectEndpoint(
      { ...provider.settings, candidates: provider.settings.candidates.slice(0, 2) },
      { timing: { attemptDelay: 10, preferenceGrace: 30 } },
    )
    expect(endpoint.port).toBe(provider.ports[2525])
    expect(story(attempts)).toEqual([`587 superseded ${code}`, '2525 used'])
  })

  it('falls back to 465 if neither 587 nor 2525 opens', async () => {
    const { endpoint, attempts } = await climbWith({ 587: 'refuse', 2525: 'no-starttls' })
    expect(endpoint).toEqual({ host: '127.0.0.1', port: provider.ports[465], security: 'implicit' })
    expect(story(attempts)).toEqual(['587 failed connect-refused', '2525 failed starttls-not-offered', '465 used'])
  })

  it('records every attempt with its stage, cause and time if nothing works', async () => {
    const { attempts, diagnosis } = await exhaustedBy(climbWith({ 587: 'refuse', 2525: 'bad-certificate', 465: 'silent' }))
    expect(story(attempts)).toEqual([
      '587 failed connect-refused',
      '2525 failed certificate-untrusted',
      '465 failed reply-timeout',
    ])
    expect(attempts.map(({ stage }) => stage)).toEqual(['connect', 'tls', 'tls'])
    for (const { failure, stage, stages, ms, startedAt } of attempts) {
      expect(failure).toMatchObject({ stage, message: expect.stringContaining('127.0.0.1'), advice: expect.stringMatching(/\w/) })
      expect(stages.at(-1)?.stage).toBe(stage)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(startedAt).toBeInstanceOf(Date)
    }
    expect(diagnosis.code).toBe('mixed')
  })

  it('diagnoses a blocked network if every port is silent', async () => {
    const { diagnosis } = await exhaustedBy(climbWith({ 587: 'black-hole', 2525: 'silent', 465: 'black-hole' }, { ...patient, timing: { attemptDelay: 15 } }))
    expect(diagnosis.code).toBe('network-blocks-smtp')
  })

  it('uses the next rung if one offers no login, without sending the password', async () => {
    const { attempts } = await climbWith({ 587: 'auth-not-offered', 2525: 'auth-not-offered' }, { ...patient, login: true })
    expect(story(attempts)).toEqual(['587 failed auth-not-offered', '2525 failed auth-not-offered', '465 used'])
    expect(provider.logins).toMatchObject([{ port: 465, ok: true }])
  })

  it('records all stages of the winner', async () => {
    const { attempts, report } = await climbWith({}, { ...patient, login: true })
    expect(attempts[0]).toMatchObject({ outcome: 'used', stage: 'auth' })
    expect(attempts[0]?.stages.map(({ stage }) => stage)).toEqual(['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'tls', 'ehlo', 'auth'])
    expect(report.login).toEqual({ outcome: 'accepted', mechanism: 'PLAIN' })
  })
})

describe('a server that limits its clients', () => {
  it('is not left for another port', async () => {
    const { attempts, diagnosis, advice } = await exhaustedBy(climbWith({ 587: 'rate-limited' }))
    expect(story(attempts)).toEqual(['587 failed rate-limited'])
    expect(provider.connections).toMatchObject({ 587: 1, 2525: 0, 465: 0 })
    expect(diagnosis).toMatchObject({ code: 'rate-limited', retryAfter: 60_000 })
    expect(advice).toContain('60 s')
  })

  it('ends what has begun below, and keeps what is above', async () => {
    const options = { ...patient, timing: { attemptDelay: 0, preferenceGrace: 60_000 } }
    const { attempts } = await exhaustedBy(climbWith({ 587: 'no-starttls', 2525: 'rate-limited', 465: 'silent' }, options))
    // 465 has begun, or has not.
    expect(story(attempts).filter((line) => line !== '465 cancelled')).toEqual(['587 failed starttls-not-offered', '2525 failed rate-limited'])
    await provider.close()
    const { endpoint } = await climbWith({ 2525: 'rate-limited' }, options)
    expect(endpoint.port).toBe(provider.ports[587])
  })
})

describe('a login', () => {
  it.each(['auth-rejected', 'auth-temporary', 'auth-echo'] as const)(
    'that was answered ("%s") is not repeated on another port',
    async (fault) => {
      const { attempts, diagnosis } = await exhaustedBy(
        climbWith({ 587: fault, 2525: fault, 465: fault }, { ...patient, login: true }),
      )
      expect(attempts.filter(({ stage }) => stage === 'auth')).toHaveLength(1)
      expect(provider.logins.length).toBeLessThanOrEqual(1)
      expect(provider.connections).toMatchObject({ 2525: 0, 465: 0 })
      expect(diagnosis.code).toBe(attempts.at(-1)?.failure?.code)
    },
  )

  it.each([
    ['not answered at all', 'auth-drops', 'connection-lost'],
    ['answered with one challenge after the other', 'auth-endless', 'protocol-error'],
  ] as const)('that was %s is tried on one more port only', async (_what, fault, code) => {
    const faults = { 587: fault, 2525: fault, 465: fault }
    const { attempts } = await exhaustedBy(climbWith(faults, { ...patient, login: true }))
    expect(story(attempts)).toEqual([`587 failed ${code}`, `2525 failed ${code}`])
    expect(provider.connections).toMatchObject({ 465: 0 })
    expect(provider.logins.length).toBeLessThanOrEqual(2)
  })

  it('is in no report, even if the server echoes it', async () => {
    const error = await exhaustedBy(climbWith({ 587: 'auth-echo' }, { ...patient, login: true }))
    const { user, pass } = provider.auth
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.attempts)}`
    expect(shown).not.toContain(pass)
    expect(shown).not.toContain(Buffer.from(`\0${user}\0${pass}`).toString('base64'))
  })
})

const healthy: Script = async (peer) => {
  await upToTls(peer)
  await peer.secure(trusted)
  for (;;) if ((await peer.hear()).startsWith('EHLO')) peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
}
const settings = (...ports: number[]) => ({
  host: '127.0.0.1',
  tls: { ca },
  candidates: ports.map((port) => ({ port, security: 'starttls' as const })),
})

describe('the race', () => {
  it('selects a slow better rung within the grace, and closes the lower one', async () => {
    await using lower = await serve(async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      await peer.fallSilent()
    })
    await using better = await serve(async (peer) => {
      // Silent until the lower one is ready.
      await (await lower.firstPeer).silence
      await healthy(peer)
    })
    const { endpoint, attempts } = await selectEndpoint(settings(better.port, lower.port), {
      timing: { attemptDelay: 10, preferenceGrace: 10_000 },
    })
    expect(endpoint.port).toBe(better.port)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['used', 'cancelled'])
    expect(attempts[1]).not.toHaveProperty('failure')
    await lower.quiet()
    await better.quiet()
  })

  it('does not wait for a better rung that greets late and then hangs at EHLO', async () => {
    await using stuck = await serve(async (peer) => {
      peer.say('220 mail.example.com\r\n')
      await peer.gone
    })
    await using lower = await serve(healthy)
    const { endpoint, attempts } = await selectEndpoint(settings(stuck.port, lower.port), {
      timing: { attemptDelay: 10, preferenceGrace: 40 },
      // Nothing but the grace can end this within the test's limit.
      budgets: { reply: 60_000 },
      deadline: 60_000,
    })
    expect(endpoint.port).toBe(lower.port)
    expect(attempts[0]).toMatchObject({ outcome: 'superseded', stage: 'ehlo', failure: { code: 'reply-timeout' } })
    await stuck.quiet()
  })

  it('closes the losers, and the winner after the examination', async () => {
    await using silent = await serve(() => {})
    await using winner = await serve(healthy)
    await expectNoLeaks(async () => {
      await selectEndpoint(settings(silent.port, winner.port), { timing: { attemptDelay: 5, preferenceGrace: 10 } })
      await silent.quiet()
      await winner.quiet()
    })
    expect(silent.peers).toHaveLength(1)
    expect(winner.peers[0]?.secret).toMatch(/^EHLO [^\r]+\r\nQUIT\r\n$/)
  })

  it('starts no other rung during the head start', async () => {
    await using only = await serve(healthy)
    await using spare = await serve(healthy)
    await selectEndpoint(settings(only.port, spare.port), { timing: { attemptDelay: 60_000 } })
    expect(spare.peers).toHaveLength(0)
  })

  it('stops every attempt after an exception', async () => {
    await using silent = await serve(() => {})
    const broken = new Error('a dial of the caller that throws')
    const run = selectEndpoint(settings(silent.port, 9), {
      timing: { attemptDelay: 5 },
      dial: ({ port }) => {
        if (port === 9) throw broken
        return undefined
      },
    })
    await expect(run).rejects.toBe(broken)
    await silent.quiet()
  })

  it('does not resolve a nonexistent host again', async () => {
    const { attempts, diagnosis } = await exhaustedBy(selectEndpoint({ host: 'mail.postern.invalid' }))
    expect(attempts.map(({ endpoint }) => endpoint.port)).toEqual([587, 2525, 465])
    expect(new Set(attempts.map(({ failure }) => failure?.code))).toEqual(new Set(['dns-not-found']))
    expect(diagnosis).toMatchObject({ code: 'dns-not-found', message: expect.stringContaining('mail.postern.invalid') })
  })

  describe.each<[stage: string, script: Script]>([
    ['greeting', (peer) => peer.fallSilent()],
    [
      'ehlo',
      async (peer) => {
        peer.say('220 mail.example.com\r\n')
        await peer.hear()
        await peer.fallSilent()
      },
    ],
    [
      'starttls',
      async (peer) => {
        peer.say('220 mail.example.com\r\n')
        await peer.hear()
        peer.say('250-mail.example.com\r\n250 STARTTLS\r\n')
        await peer.hear()
        await peer.fallSilent()
      },
    ],
    [
      'tls',
      async (peer) => {
        await upToTls(peer)
        await peer.hearAnything()
        await peer.fallSilent()
      },
    ],
    [
      'ehlo',
      async (peer) => {
        await upToTls(peer)
        await peer.secure(trusted)
        await peer.hear()
        await peer.fallSilent()
      },
    ],
  ])('in stage %s', (stage, script) => {
    it('stops at the signal without leaks', async () => {
      await using server = await serve(script)
      const controller = new AbortController()
      await expectNoLeaks(async () => {
        const run = exhaustedBy(selectEndpoint(settings(server.port), { signal: controller.signal }))
        await (await server.firstPeer).silence
        controller.abort()
        const { attempts, diagnosis } = await run
        expect(attempts).toHaveLength(1)
        expect(attempts[0]).toMatchObject({ outcome: 'failed', failure: { code: 'aborted' } })
        expect(diagnosis.code).toBe('aborted')
        await server.quiet()
      })
    })

    it('ends at the deadline without leaks', async () => {
      await using server = await serve(script)
      await expectNoLeaks(async () => {
        const { attempts } = await exhaustedBy(selectEndpoint(settings(server.port), { deadline: 150 }))
        expect(attempts[0]).toMatchObject({ stage, failure: { code: 'deadline', stage } })
        await server.quiet()
      })
    })
  })

  it('ends at the deadline in stage connect without leaks', async () => {
    provider = await startProvider({ faults: { 587: 'black-hole' } })
    const { attempts } = await exhaustedBy(selectEndpoint(settings(provider.ports[587]), { deadline: 60 }))
    expect(attempts[0]).toMatchObject({ stage: 'connect', failure: { code: 'deadline', stage: 'connect' } })
  })

  it.each<[what: string, end: 'signal' | 'deadline', code: string]>([
    ['stops at the signal', 'signal', 'aborted'],
    ['ends at the deadline', 'deadline', 'deadline'],
  ])('%s in stage auth, without another login', async (_what, end, code) => {
    await using server = await serve(async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      await peer.hear()
      peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
      await peer.hear()
      await peer.fallSilent()
    })
    await using spare = await serve(healthy)
    const controller = new AbortController()
    await expectNoLeaks(async () => {
      const run = exhaustedBy(
        selectEndpoint(
          { ...settings(server.port, spare.port), auth: { user: 'ada', pass: 'hunter2' } },
          { login: true, timing: { attemptDelay: 60_000 }, signal: controller.signal, ...(end === 'deadline' && { deadline: 200 }) },
        ),
      )
      await (await server.firstPeer).silence
      if (end === 'signal') controller.abort()
      const { attempts } = await run
      expect(attempts).toMatchObject([{ stage: 'auth', failure: { code, stage: 'auth' } }])
      await server.quiet()
    })
    expect(spare.peers).toHaveLength(0)
  })

  it.each(['250 2.0.0 sure', '334 ', '354 go ahead'])('treats "%s" to a login as no reply, and repeats it once', async (reply) => {
    const odd: Script = async (peer) => {
      await upToTls(peer)
      await peer.secure(trusted)
      await peer.hear()
      peer.say('250-mail.example.com\r\n250 AUTH PLAIN\r\n')
      for (;;) {
        await peer.hear()
        peer.say(`${reply}\r\n`)
      }
    }
    await using first = await serve(odd)
    await using second = await serve(odd)
    await using third = await serve(odd)
    const all = { ...settings(first.port, second.port, third.port), auth: { user: 'ada', pass: 'hunter2' } }
    const { attempts } = await exhaustedBy(selectEndpoint(all, { ...patient, login: true }))
    expect(attempts.map(({ failure }) => [failure?.stage, failure?.code])).toEqual([
      ['auth', 'protocol-error'],
      ['auth', 'protocol-error'],
    ])
    expect(third.peers).toHaveLength(0)
  })

  it('makes no connection if the signal is already aborted, and reports that', async () => {
    provider = await startProvider()
    const { attempts, diagnosis } = await exhaustedBy(selectEndpoint(provider.settings, { signal: AbortSignal.abort() }))
    expect(diagnosis.code).toBe('aborted')
    expect(story(attempts)).toEqual(['587 failed aborted'])
    expect(provider.connections).toMatchObject({ 587: 0, 2525: 0, 465: 0 })
  })
})
