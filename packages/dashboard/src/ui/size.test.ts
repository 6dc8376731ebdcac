import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Attempt, Stage } from '@postern/core'
import { afterEach, expect, it, vi } from 'vitest'
import { build, type Rolldown } from 'vite'
import { best, failureAt, FakeMailer } from '../../test/fake-mailer.ts'
import { createDashboard } from '../create-dashboard.ts'
import { series } from '../../test/ui-models.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const stages: readonly Stage[] = ['dns', 'connect', 'greeting', 'ehlo', 'starttls', 'tls', 'ehlo', 'auth']

/** A mailer without a pool, which opens a connection for each message, with more history than is kept. */
function busyDashboard(): { readonly page: () => Promise<string> } {
  const mailer = new FakeMailer()
  const random = series(11)
  let now = Date.UTC(2026, 0, 1)
  const dashboard = createDashboard(mailer, { authorize: () => true, testMessage: { from: 'app@example.com' }, clock: { now: () => now, random, after: () => () => {} } })
  const duration = (most: number) => random() * most
  for (let count = 0; count < 2_000; count += 1) {
    now += Math.round(duration(7_000))
    const attempt: Attempt = { endpoint: best, outcome: 'used', stage: 'auth', startedAt: new Date(now), ms: duration(900), stages: stages.map((stage) => ({ stage, ms: duration(120) })) }
    mailer.emit('attempt', attempt)
    const isRefused = count % 20 === 0
    mailer.emit('outcome', { messageId: '', outcome: isRefused ? 'not-accepted' : 'accepted', ms: duration(2_000), endpoint: best, ...(isRefused && { failure: failureAt('rcpt', 'recipient-rejected') }) })
  }
  return { page: async () => await (await dashboard.handle(new Request('http://localhost/'))).text() }
}

it('loads at most 40 kB, however much has happened', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { output } = (await build({ root, build: { write: false } })) as Rolldown.RolldownOutput
  const files = output.map((file) => (file.type === 'chunk' ? file.code : file.source))
  expect(output.map(({ fileName }) => fileName).toSorted()).toEqual(['app.css', 'app.js'])
  const loaded = [...files, await busyDashboard().page()].map((file) => gzipSync(file).length)
  expect(loaded.reduce((sum, size) => sum + size, 0)).toBeLessThan(40_000)
})
