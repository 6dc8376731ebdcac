import { createTransport } from '@postern/nodemailer'
import { type Fault, type Provider, startProvider } from '@postern/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../../packages/core/test/manual-clock.ts'
import { MailJobs } from './mail-jobs.ts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(() => provider.close())

const message = { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: 'It works.' }

/** A queue whose first mail has met a fault of 587. */
async function jobAfter(fault: Fault) {
  await provider.fault(587, fault)
  const mailer = createTransport(provider.settings)
  onTestFinished(() => mailer.close())
  const clock = new ManualClock()
  const jobs = new MailJobs(mailer, { clock })
  const { id } = jobs.add(message)
  await jobs.settled()
  return { jobs, clock, job: () => jobs.get(id) }
}

describe('MailJobs', () => {
  it('tries again after a while when the server asks for it, and sends once it accepts', async () => {
    const { jobs, clock, job } = await jobAfter('message-deferred')
    expect(job()).toMatchObject({ state: 'waiting', attempts: 1, problem: { code: 'message-rejected', retryable: true } })
    clock.advance(60_000)
    await jobs.settled()
    expect(job()).toMatchObject({ state: 'waiting', attempts: 2 })
    expect(clock.waits).toEqual([120_000])
    await provider.heal(587)
    clock.advance(120_000)
    await jobs.settled()
    expect(job()).toEqual({ id: '1', state: 'sent', attempts: 3 })
    expect(provider.messages).toHaveLength(1)
  })

  it('waits as long as the server says', async () => {
    // "421 4.7.0 Too many connections, try again in 60 seconds"
    const { clock, job } = await jobAfter('rate-limited')
    expect(job()).toMatchObject({ state: 'waiting', problem: { code: 'rate-limited' }, nextAttempt: new Date(clock.now() + 60_000) })
  })

  it('fails a job that would fail again, and does not repeat a refused login', async () => {
    const { clock, job } = await jobAfter('auth-rejected')
    expect(job()).toMatchObject({ state: 'failed', attempts: 1, problem: { code: 'auth-rejected' } })
    expect(clock.waits).toEqual([])
    expect(provider.logins).toHaveLength(1)
  })

  it('asks a person when the mail may have been accepted, and does not send it twice', async () => {
    const { clock, job } = await jobAfter('drops-after-body')
    expect(job()).toMatchObject({ state: 'ask', problem: { delivery: 'unknown' } })
    expect(clock.waits).toEqual([])
    expect(provider.messages).toHaveLength(1)
  })

  it('gives up after the eighth attempt', async () => {
    const { jobs, clock, job } = await jobAfter('message-deferred')
    for (let attempt = 2; attempt <= 8; attempt++) {
      clock.advance(clock.waits[0]!)
      await jobs.settled()
    }
    expect(job()).toMatchObject({ state: 'failed', attempts: 8 })
    expect(clock.waits).toEqual([])
  })

  it('forgets the oldest job that has ended, and takes no more than a thousand', async () => {
    const { jobs } = await jobAfter('auth-rejected')
    for (let count = 2; count <= 1001; count++) jobs.add(message)
    expect(() => jobs.get('1')).toThrow('There is no such job')
    expect(jobs.get('2')).toMatchObject({ id: '2' })
    expect(() => jobs.add(message)).toThrow('1000 mails are still waiting')
    await jobs.settled()
  })
})
