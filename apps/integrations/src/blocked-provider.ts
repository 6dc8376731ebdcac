import { submissionTransport, type SubmissionTransport } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { expect, onTestFinished } from 'vitest'

/** A provider that refuses 587, and a transport to it, until the test is over. */
export async function blockedProvider(): Promise<{ readonly provider: Provider; readonly transport: SubmissionTransport; readonly fallbacks: readonly number[] }> {
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const transport = submissionTransport(provider.settings)
  const fallbacks: number[] = []
  transport.on('fallback', ({ endpoint }) => fallbacks.push(endpoint.port))
  onTestFinished(async () => {
    transport.close({ force: true })
    await provider.close()
  })
  return { provider, transport, fallbacks }
}

/** What each of these tests is about: 587 was tried, 2525 taken, and one message arrived, once, under TLS. */
export function expectOneOver2525({ provider, transport, fallbacks }: Awaited<ReturnType<typeof blockedProvider>>): void {
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, user: provider.auth.user }])
  expect(fallbacks).toEqual([provider.ports[2525]])
  expect(transport.metrics().endpoints).toMatchObject([
    { attempts: { failed: 1 }, sends: { accepted: 0 } },
    { inUse: true, sends: { accepted: 1 } },
    { attempts: { used: 0 } },
  ])
}
