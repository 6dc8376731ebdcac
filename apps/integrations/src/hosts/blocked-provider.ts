import { createTransport, submissionTransport, type SubmissionTransport, type Transporter } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { expect, onTestFinished } from 'vitest'

/** What a plug-in and a transporter have in common. */
interface Common extends Pick<SubmissionTransport, 'metrics'> {
  on(event: 'fallback', listener: (selected: { readonly endpoint: { readonly port: number } }) => void): unknown
  close(options: { force: boolean }): void
}

interface Blocked<Transport extends Common> {
  readonly provider: Provider
  readonly transport: Transport
  readonly fallbacks: readonly number[]
}

/** A provider that refuses connections on 587, and a plug-in that sends to it. Both are closed after the test. */
export function blockedProvider(): Promise<Blocked<SubmissionTransport>> {
  return behindBlockedPort(submissionTransport)
}

/** The same, with a transporter. */
export function blockedMailer(): Promise<Blocked<Transporter>> {
  return behindBlockedPort(createTransport)
}

async function behindBlockedPort<Transport extends Common>(create: (settings: Provider['settings']) => Transport): Promise<Blocked<Transport>> {
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const transport = create(provider.settings)
  const fallbacks: number[] = []
  transport.on('fallback', ({ endpoint }) => fallbacks.push(endpoint.port))
  onTestFinished(async () => {
    transport.close({ force: true })
    await provider.close()
  })
  return { provider, transport, fallbacks }
}

/** Expects that 587 failed and one message arrived over 2525 with TLS. */
export function expectOneOver2525({ provider, transport, fallbacks }: Blocked<Common>): void {
  expect(provider.messages).toMatchObject([{ port: 2525, secure: true, user: provider.auth.user }])
  expect(fallbacks).toEqual([provider.ports[2525]])
  expect(transport.metrics().endpoints).toMatchObject([
    { attempts: { failed: 1 }, sends: { accepted: 0 } },
    { inUse: true, sends: { accepted: 1 } },
    { attempts: { used: 0 } },
  ])
}
