import { createTransport, submissionTransport, type Transporter } from '@postern/nodemailer'
import type { Request as ExpressRequest, RequestHandler } from 'express'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import nodemailer from 'nodemailer'
import { describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { FakeMailer } from '../test/fake-mailer.ts'
import { ManualClock } from '../../core/test/manual-clock.ts'
import { posternDashboard } from './fastify.ts'
import { createDashboard, type Dashboard, type DashboardMailer } from './index.ts'
import { nodeHandler } from './node.ts'

const authorize = () => true
const pageOf = (dashboard: Dashboard) => dashboard.handle(new Request('http://localhost/'))

it('has these public names', async () => {
  const entries = await Promise.all([import('./index.ts'), import('./node.ts'), import('./fastify.ts')])
  expect(entries.map((entry) => Object.keys(entry))).toEqual([['createDashboard'], ['nodeHandler'], ['posternDashboard']])
})

describe('createDashboard', () => {
  it.each([undefined, {}, { authorize: true }, { authorize: 'admin' }])('throws without authorize, and says what to do: %j', (options) => {
    expect(() => createDashboard(new FakeMailer(), options as never)).toThrow(
      expect.objectContaining({ code: 'authorize-missing', message: expect.stringContaining('Pass a function that returns true') as string }),
    )
  })

  it.each([
    { history: { events: 0 } },
    { history: { failures: Number.NaN } },
    { checkEvery: -1 },
    { maxStreams: '5' as never },
    { streamLifetime: 0 },
    { settingsCheck: { rate: { checks: 0 } } },
    { settingsCheck: { allow: ['127.1'] } },
    { testMessage: { from: 'app@example.com', rate: { per: 0 } } },
  ])('throws for %j', (options) => {
    expect(() => createDashboard(new FakeMailer(), { authorize, ...options })).toThrow(expect.objectContaining({ code: 'invalid-settings' }))
  })

  it.each([undefined, null, {}, nodemailer.createTransport({}), { default: nodemailer.createTransport({}) }])('throws for a mailer without a state', (mailer) => {
    expect(() => createDashboard(mailer as never, { authorize })).toThrow(expect.objectContaining({ code: 'mailer-invalid' }))
  })

  it('throws if a mailer cannot send the test message', () => {
    const plugin = submissionTransport('smtp://smtp.example.com')
    onTestFinished(() => plugin.close())
    const testMessage = { from: 'app@example.com' }
    expect(() => createDashboard(plugin, { authorize, testMessage })).toThrow(expect.objectContaining({ code: 'mailer-invalid' }))
    createDashboard(plugin, { authorize, testMessage, readOnly: true }).close()
  })

  it('listens to its mailers until it is closed', () => {
    const [one, other] = [new FakeMailer(), new FakeMailer()]
    const dashboard = createDashboard({ one, other }, { authorize })
    expect([one.listenerCount('attempt'), other.listenerCount('outcome')]).toEqual([1, 1])
    dashboard.close()
    dashboard.close()
    expect([one.eventNames(), other.eventNames()]).toEqual([[], []])
  })
})

describe('the health', () => {
  it('is checked once for all viewers, while somebody watches', async () => {
    const [clock, mailer] = [new ManualClock(), new FakeMailer()]
    const dashboard = createDashboard(mailer, { authorize, clock, checkEvery: 60_000 })
    expect(mailer.checks).toBe(0)
    await Promise.all(Array.from({ length: 10 }, () => pageOf(dashboard)))
    expect(mailer.checks).toBe(1)
    const { body } = await dashboard.handle(new Request('http://localhost/events'))
    const reader = body!.getReader()
    for (let beat = 0; beat < 12; beat += 1) {
      await reader.read()
      clock.advance(10_000)
    }
    expect(mailer.checks).toBeOneOf([2, 3])
    await reader.cancel()
    const { checks } = mailer
    clock.advance(3_600_000)
    expect(mailer.checks).toBe(checks)
  })

  it('is not checked with checkEvery: Infinity', async () => {
    const mailer = new FakeMailer()
    await pageOf(createDashboard(mailer, { authorize, checkEvery: Infinity }))
    expect(mailer.checks).toBe(0)
  })

  it('is waited for by the first page, but no longer than a second', async () => {
    const [clock, mailer] = [new ManualClock(), new FakeMailer()]
    mailer.current = { endpoint: undefined, rungs: [] }
    mailer.examine = () => new Promise(() => {})
    const page = pageOf(createDashboard(mailer, { authorize, clock }))
    while (clock.pending.size === 0) await new Promise((resolve) => setImmediate(resolve))
    clock.advance(1_000)
    const html = await (await page).text()
    expect(html).toContain('Unknown')
  })
})

it('types the mailers, and the contexts of the mounts', () => {
  expectTypeOf<Transporter>().toExtend<DashboardMailer>()
  expectTypeOf(submissionTransport).returns.toExtend<DashboardMailer>()
  const mailer = createTransport('smtp://smtp.example.com')
  onTestFinished(() => mailer.close())
  const express = createDashboard(mailer, { authorize: (_request, req: ExpressRequest) => req.ip === '192.0.2.1' })
  expectTypeOf(nodeHandler(express)).toExtend<RequestHandler>()
  const fastify = createDashboard({ mailer }, { authorize: (_request, { ip }: FastifyRequest) => ip === '192.0.2.1' })
  const register = (app: FastifyInstance) => app.register(posternDashboard, { path: '/admin/mail', dashboard: fastify })
  expectTypeOf(register).toBeFunction()
  expectTypeOf(express.handle).parameter(1).toEqualTypeOf<ExpressRequest | undefined>()
  express.close()
  fastify.close()
})
