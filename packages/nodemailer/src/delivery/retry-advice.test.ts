import { Readable } from 'node:stream'
import { startProvider, type Fault } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { failureOf, letter, mailerFor } from '../../test/mail.ts'
import { createTransport, type Delivery, DeliveryError, NoUsableEndpointError, type RetryAdvice, retryAdvice } from '../index.ts'

const later: RetryAdvice = { action: 'retry-later' }
const everywhere = (fault: Fault) => ({ 587: fault, 2525: fault, 465: fault })

describe('retryAdvice() after a failed message', () => {
  it.each<[name: string, faults: Readonly<Partial<Record<587 | 2525 | 465, Fault>>>, advice: RetryAdvice]>([
    ['the connection was lost after the message', { 587: 'drops-after-body' }, { action: 'ask' }],
    ['a limit with a time', { 587: 'rate-limited' }, { action: 'retry-later', after: 60_000 }],
    ['a 4yz reply to the message', { 587: 'message-deferred' }, later],
    ['a 4yz reply to the login', { 587: 'auth-temporary' }, later],
    ['no port accepts connections', everywhere('refuse'), later],
    ['the connection was lost on every port', everywhere('drops-at-mail'), later],
    ['a refused login', { 587: 'auth-rejected' }, { action: 'give-up' }],
    ['a refused login, after another port was refused', { 587: 'refuse', 2525: 'auth-rejected' }, { action: 'give-up' }],
    ['a refused sender', { 587: 'sender-rejected' }, { action: 'give-up' }],
    ['a refused recipient', { 587: 'recipient-rejected' }, { action: 'give-up' }],
    ['a refused message', { 587: 'message-rejected' }, { action: 'give-up' }],
    ['certificates for another name', everywhere('certificate-name'), { action: 'give-up' }],
  ])('%s', async (_, faults, advice) => {
    await using provider = await startProvider({ faults })
    expect(retryAdvice(await failureOf(mailerFor(provider.settings).sendMail(letter)))).toEqual(advice)
  })

  it('the connection was lost in a message that cannot be read again', async () => {
    await using provider = await startProvider({ faults: { 587: 'drops-in-body' } })
    const message = { ...letter, text: Readable.from(Array.from({ length: 64 }, () => 'x'.repeat(65_536))) }
    expect(retryAdvice(await failureOf(mailerFor(provider.settings).sendMail(message)))).toEqual({ action: 'retry' })
  })

  it('an aborted message', async () => {
    const mailer = mailerFor('smtp://127.0.0.1')
    expect(retryAdvice(await failureOf(mailer.sendMail({ ...letter, signal: AbortSignal.abort() })))).toEqual({ action: 'retry' })
  })

  it('a message that cannot be read', async () => {
    await using provider = await startProvider()
    const message = { ...letter, attachments: [{ path: '/nowhere/at/all.pdf' }] }
    expect(retryAdvice(await failureOf(mailerFor(provider.settings).sendMail(message)))).toEqual({ action: 'give-up' })
  })
})

describe('retryAdvice() after ready()', () => {
  it.each<[name: string, faults: Readonly<Partial<Record<587 | 2525 | 465, Fault>>>, advice: RetryAdvice]>([
    ['a limit with a time', { 587: 'rate-limited' }, { action: 'retry-later', after: 60_000 }],
    ['no port accepts connections', everywhere('refuse'), later],
    ['a refused login, after another port was refused', { 587: 'refuse', 2525: 'auth-rejected' }, { action: 'give-up' }],
    ['certificates for another name', everywhere('certificate-name'), { action: 'give-up' }],
  ])('%s', async (_, faults, advice) => {
    await using provider = await startProvider({ faults })
    const error: unknown = await mailerFor(provider.settings).ready().catch((error: unknown) => error)
    expect(NoUsableEndpointError.isInstance(error)).toBe(true)
    expect(retryAdvice(error)).toEqual(advice)
  })
})

describe('retryAdvice() of other errors', () => {
  it('gives up with wrong settings', () => {
    expect(retryAdvice(thrownBy(() => createTransport({ host: '' })))).toEqual({ action: 'give-up' })
  })

  it.each([new Error('x'), new TypeError('y'), Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT' }), undefined, null, 'DeliveryError', {}])(
    'asks about an error of which nothing is known: %s',
    (error) => expect(retryAdvice(error)).toEqual({ action: 'ask' }),
  )

  it('asks about every delivery other than `not-accepted`, whatever else the error says', () => {
    const failure = { code: 'rate-limited', stage: 'message', message: 'Slow.', advice: 'Wait.', replyCode: 451, retryAfter: 1_000 } as const
    for (const delivery of ['unknown', undefined, 'partial'] as readonly unknown[]) {
      const error = new DeliveryError({ failure, attempts: [], delivery: delivery as Delivery, retryable: true })
      expect(retryAdvice(error)).toEqual({ action: 'ask' })
    }
  })

  it('reads errors of other copies of the package', () => {
    const error = Object.assign(new Error('Slow.'), { code: 'rate-limited', delivery: 'not-accepted', retryable: true, retryAfter: 2_000 })
    Object.defineProperty(error, Symbol.for('postern.error.DeliveryError'), { value: true })
    expect(retryAdvice(error)).toEqual({ action: 'retry-later', after: 2_000 })
  })
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('It threw nothing.')
}
