import { once } from 'node:events'
import { createTransport } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { type Job, Queue, Worker, type WorkerOptions } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { jobOptions, startMailWorker } from '../src/queues/bullmq.ts'
import { startRedis } from './redis.ts'
import type { DatabaseServer } from './server.ts'

const message = { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: 'It works.' }

let redis: DatabaseServer
let provider: Provider
let queue: Queue
beforeAll(async () => {
  redis = await startRedis()
  queue = new Queue('mail', { connection: connection() })
})
beforeEach(async () => {
  provider = await startProvider()
})
afterEach(async () => {
  await queue.obliterate({ force: true })
  await provider.close()
})
afterAll(async () => {
  await queue?.close()
  await redis?.close()
})

it('sends a message', async () => {
  const worker = await startWorker()
  await Promise.all([once(worker, 'completed'), add()])
  expect(provider.messages).toMatchObject([{ subject: 'Hello' }])
})

it('fails a job whose message may have been accepted, and does not repeat it', async () => {
  await provider.fault(587, 'drops-after-body')
  const worker = await startWorker()
  const [[job]] = await Promise.all([once(worker, 'failed') as Promise<[Job]>, add()])
  expect(job.failedReason).toMatch(/^ask: .*may have accepted/)
  expect(await job.getState()).toBe('failed')
  expect(provider.messages).toHaveLength(1)
})

it('fails a job that would fail again', async () => {
  await provider.fault(587, 'recipient-rejected')
  const worker = await startWorker()
  const [[job]] = await Promise.all([once(worker, 'failed') as Promise<[Job]>, add()])
  expect(job.failedReason).toMatch(/^give-up: /)
  expect(await job.getState()).toBe('failed')
})

it('repeats a job after the back-off', async () => {
  for (const port of [587, 2525, 465]) await provider.fault(port, 'refuse')
  const worker = await startWorker()
  const completed = once(worker, 'completed')
  const [[job]] = await Promise.all([once(worker, 'failed') as Promise<[Job]>, add()])
  expect(await job.getState()).toBe('delayed')
  await provider.heal(587)
  await job.promote()
  await completed
  expect(provider.messages).toHaveLength(1)
})

it('starts no job before the time that the server has named, and does not count it as a failure', async () => {
  provider.limit({ rate: { messages: 1, refusals: 1, reply: '450 4.7.1 Too many messages, try again in 1 second' } })
  const worker = await startWorker()
  await Promise.all([once(worker, 'completed'), add()])
  const paused = vi.spyOn(worker, 'rateLimit')
  const failed = vi.fn<() => void>()
  worker.on('failed', failed)
  const [[job]] = await Promise.all([once(worker, 'completed') as Promise<[Job]>, add()])
  expect(provider.overLimit.messages).toBe(1)
  expect(provider.messages).toHaveLength(2)
  expect(paused.mock.calls).toEqual([[1_000]])
  expect([job.attemptsStarted, failed.mock.calls]).toEqual([2, []])
})

it('does not send a message again whose process has ended meanwhile', async () => {
  const dead = new Worker('mail', null, { connection: connection(), lockDuration: 50 })
  onTestFinished(() => dead.close())
  await add()
  // Neither finished nor renewed, as after a crash.
  await dead.getNextJob('dead')
  const worker = await startWorker({ stalledInterval: 100 })
  const [job] = (await once(worker, 'failed')) as [Job]
  expect(job.failedReason).toContain('stalled')
  expect(provider.messages).toHaveLength(0)
})

function connection() {
  return { host: redis.host, port: redis.port }
}

function add(): Promise<Job> {
  return queue.add('mail', message, jobOptions)
}

async function startWorker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
  const mailer = createTransport(provider.settings)
  const worker = startMailWorker(mailer, { connection: connection(), ...options })
  onTestFinished(async () => {
    await worker.close()
    mailer.close()
  })
  await worker.waitUntilReady()
  return worker
}
