import { submissionTransport, type SubmissionTransport } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { expect, onTestFinished } from 'vitest'

/** A provider that refuses connections on 587, and a transport to it. Both are closed after the test. */
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

/** Expects that 587 failed and one message arrived over 2525 with TLS. */
export function expectOneOver2525({ provider, transport, fallbacks }: Awaited<ReturnType<typeof blockedProvider>>): void {
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, user: provider.auth.user }])
  expect(fallbacks).toEqual([provider.ports[2525]])
  expect(transport.metrics().endpoints).toMatchObject([
    { attempts: { failed: 1 }, sends: { accepted: 0 } },
    { inUse: true, sends: { accepted: 1 } },
    { attempts: { used: 0 } },
  ])
}
