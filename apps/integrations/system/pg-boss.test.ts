import { randomUUID } from 'node:crypto'
import { createTransport } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import PgBoss from 'pg-boss'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { type MailJob, startMailWorker } from '../src/queues/pg-boss.ts'
import { startPostgreSql } from './postgresql.ts'
import type { DatabaseServer } from './server.ts'

const job: MailJob = { message: { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: 'It works.' }, attempt: 0 }

let database: DatabaseServer
let provider: Provider
let boss: PgBoss
/** A new one for each test. */
let schema: string
beforeAll(async () => {
  database = await startPostgreSql()
})
beforeEach(async () => {
  provider = await startProvider()
  schema = `s${randomUUID().replaceAll('-', '')}`
  boss = new PgBoss({ host: database.host, port: database.port, user: 'postgres', database: 'postgres', schema, schedule: false })
  await boss.start()
})
afterEach(async () => {
  await boss.stop({ wait: true })
  await provider.close()
})
afterAll(() => database?.close())

it('sends a message', async () => {
  await startWorker()
  const id = await add()
  expect(await ended(id)).toMatchObject({ state: 'completed' })
  expect(provider.messages).toMatchObject([{ subject: 'Hello' }])
})

it('fails a job whose message may have been accepted, and does not repeat it', async () => {
  await provider.fault(587, 'drops-after-body')
  await startWorker()
  const { state, output } = await ended(await add())
  expect(state).toBe('failed')
  expect(output).toMatchObject({ message: expect.stringMatching(/^ask: .*may have accepted/) })
  expect(provider.messages).toHaveLength(1)
  expect(await jobs()).toHaveLength(1)
})

it('fails a job that would fail again, and stores no reply of the server', async () => {
  await provider.fault(587, 'recipient-rejected')
  await startWorker()
  const { state, output } = await ended(await add())
  expect(state).toBe('failed')
  expect(output).toMatchObject({ message: expect.stringMatching(/^give-up: /) })
  expect(JSON.stringify(output)).not.toContain('No such mailbox')
})

it('repeats a job later, with a growing delay', async () => {
  for (const port of [587, 2525, 465]) await provider.fault(port, 'refuse')
  await startWorker()
  expect(await ended(await add({ ...job, attempt: 2 }))).toMatchObject({ state: 'completed' })
  const next = (await jobs()).find(({ state }) => state === 'created')
  expect(next).toMatchObject({ data: { ...job, attempt: 3 }, delay: 120 })
})

it('stops after eight attempts', async () => {
  for (const port of [587, 2525, 465]) await provider.fault(port, 'refuse')
  await startWorker()
  expect(await ended(await add({ ...job, attempt: 8 }))).toMatchObject({ state: 'failed' })
  expect(await jobs()).toHaveLength(1)
})

it('repeats a job at the time that the server has named', async () => {
  provider.limit({ rate: { messages: 1, refusals: 1, reply: '450 4.7.1 Too many messages, try again in 1 second' } })
  await startWorker()
  await ended(await add())
  await ended(await add())
  expect(await provider.waitForMessages(2)).toHaveLength(2)
  expect(provider.overLimit.messages).toBe(1)
  expect((await jobs()).filter(({ delay }) => delay === 1)).toHaveLength(1)
})

it('does not send a message again whose process has ended meanwhile', async () => {
  await startWorker()
  await boss.offWork('mail')
  const id = await add()
  // Not completed, as after a crash.
  await boss.fetch('mail')
  await boss.getDb().executeSql(`UPDATE ${schema}.job SET started_on = started_on - interval '1 day' WHERE id = $1`, [id])
  await boss.maintain()
  expect(await ended(id)).toMatchObject({ state: 'failed' })
  expect(await jobs()).toHaveLength(1)
})

async function startWorker(): Promise<void> {
  const mailer = createTransport(provider.settings)
  onTestFinished(() => mailer.close())
  await startMailWorker(mailer, boss)
}

async function add(data: MailJob = job): Promise<string> {
  return (await boss.send('mail', data))!
}

/** The job once it has completed or failed. */
async function ended(id: string): Promise<PgBoss.JobWithMetadata> {
  return await vi.waitUntil(async () => {
    const found = await boss.getJobById<object>('mail', id)
    return found?.state === 'completed' || found?.state === 'failed' ? found : undefined
  }, 60_000)
}

/** Every job of the queue, with the seconds by which its start was delayed. */
async function jobs(): Promise<readonly { readonly state: string; readonly data: MailJob; readonly delay: number }[]> {
  const { rows } = await boss.getDb().executeSql(`SELECT state, data, round(extract(epoch FROM start_after - created_on))::int AS delay FROM ${schema}.job WHERE name = 'mail'`, [])
  return rows
}
