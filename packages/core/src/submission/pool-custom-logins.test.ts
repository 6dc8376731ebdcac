import { describe, expect, it, vi } from 'vitest'
import { turns, until } from '../../test/mail-server.ts'
import { poolOver, resultOf, startServer, stopTime } from '../../test/submission-pool.ts'
import { Cancellation } from '../smtp/cancellation.ts'
import type { CustomLogin } from './pool-options.ts'

const auth = { user: 'ada', pass: 'correct horse' }
const offer = ['AUTH PLAIN']
const unending = () => new Promise<never>(() => {})

describe('a login by a function that does not end', () => {
  const hangs: Readonly<Record<string, CustomLogin>> = {
    'before its first line': (dialogue) => dialogue.logInWith(unending),
    'after a reply': (dialogue) => dialogue.logInWith(async (exchange) => (await exchange('AUTH PLAIN AAAA'), await unending())),
  }
  const results: Readonly<Record<string, string>> = {
    'the time of a reply': 'auth-temporary, retryable',
    'a closed connection': 'connection-lost, retryable',
    'the signal of the message': 'aborted, retryable',
    'the deadline of the message': 'deadline, retryable',
    'a forced close': 'aborted, retryable',
  }

  it.each(
    Object.entries(hangs).flatMap(([hang, customLogin]) =>
      Object.entries(results).flatMap(([end, result]) => [true, false].flatMap((keepsConnections) => [undefined, { user: 'bob', pass: 'x' }].map((login) => ({ hang, customLogin, end, result, keepsConnections, login })))),
    ),
  )('is ended by $end, if it hangs $hang: pool: $keepsConnections, of the message: $login', async ({ customLogin, end, result, keepsConnections, login }) => {
    stopTime()
    let isHanging = true
    const server = await startServer({}, { offer })
    const { pool, send } = poolOver([server], {
      auth,
      keepsConnections,
      endpointTimeout: 0,
      deadline: end === 'the deadline of the message' ? 7_000 : Infinity,
      customLogin: (dialogue) => (isHanging ? customLogin(dialogue) : dialogue.logIn()),
    })
    const signal = new Cancellation()
    const sending = send('first\r\n', { signal, login })
    await until(() => server.count('EHLO') === 1)
    await turns(20)
    expect(sending.settled()).toBe(0)
    isHanging = false
    if (end === 'the signal of the message') signal.abort(undefined)
    else if (end === 'a forced close') pool.close(true)
    else if (end === 'a closed connection') server.peers[0]!.socket.destroy()
    else await vi.advanceTimersByTimeAsync(end === 'the time of a reply' ? 15_001 : 7_000)
    const outcome = resultOf(await sending)
    // The only port is avoided after a lost connection, and a message with a login of its own has no other one.
    expect(outcome).toBe(login && end === 'a closed connection' ? 'no-usable-endpoint, retryable' : result)
    await server.quiet()
    expect(server.lines.filter((line) => !/^(EHLO|AUTH)/.test(line))).toEqual([])
    if (end === 'a forced close') return
    await vi.advanceTimersByTimeAsync(1_000)
    expect(resultOf(await send('second\r\n'))).toBe('accepted')
  })

  it('fails with the refusal if the server has refused it', async () => {
    const servers = [await startServer({ AUTH: '535 5.7.8 wrong password' }, { offer }), await startServer({}, { offer })] as const
    const { send } = poolOver(servers, { auth, customLogin: hangs['after a reply'] })
    const sending = send('first\r\n')
    await until(() => servers[0].count('AUTH') === 1)
    await turns(20)
    servers[0].peers[0]!.socket.destroy()
    expect(await sending).toMatchObject({ failure: { code: 'auth-rejected' }, retryable: false })
    expect(servers[1].connections).toBe(0)
  })
})
