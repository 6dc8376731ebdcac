import { DeliveryError } from '@postern/nodemailer'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { expect, it, vi } from 'vitest'
import { blockedMailer, expectOneOver2525 } from './blocked-provider.ts'
import { authMail } from './better-auth.ts'

type Api = Awaited<ReturnType<typeof signedUp>>['api']

const ada = { name: 'Ada', email: 'ada@postern.test', password: 'of-the-test' }

async function signedUp() {
  const blocked = await blockedMailer()
  const report = vi.fn<(error: unknown) => void>()
  const pending: Promise<unknown>[] = []
  const mail = authMail(blocked.transport, { from: 'app@postern.test', report, waitUntil: (sending) => pending.push(sending) })
  const { api } = betterAuth({
    ...mail,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    baseURL: 'https://app.postern.test',
    secret: 'a-secret-of-the-test-with-32-characters',
    telemetry: { enabled: false },
  })
  await api.signUpEmail({ body: ada })
  await Promise.all(pending)
  return { ...blocked, api, report, pending }
}

it('sends the mail of a sign-up over the port that works', async () => {
  const { report, ...blocked } = await signedUp()
  expectOneOver2525(blocked)
  expect(blocked.provider.messages).toMatchObject([{ to: [ada.email], subject: 'Confirm your address' }])
  expect(blocked.provider.messages[0]!.text).toContain('https://app.postern.test/api/auth/verify-email?token=')
  expect(report).not.toHaveBeenCalled()
})

it('answers before the message is sent', async () => {
  const { api, provider, pending } = await signedUp()
  await provider.fault(2525, 'holds-at-mail')
  expect(await api.requestPasswordReset({ body: { email: ada.email } })).toMatchObject({ status: true })
  await provider.waitForHeld(2525)
  expect(provider.messages).toHaveLength(1)
  provider.release(2525)
  await Promise.all(pending)
  expect(provider.messages).toMatchObject([{}, { port: 2525, subject: 'Reset your password' }])
})

it.each([
  ['a reset of the password', ({ requestPasswordReset }: Api) => requestPasswordReset({ body: { email: ada.email } })],
  ['a verification', ({ sendVerificationEmail }: Api) => sendVerificationEmail({ body: { email: ada.email } })],
])('reports an error that nobody awaits, without the token: %s', async (_name, request) => {
  const { api, provider, pending, report } = await signedUp()
  await provider.fault(2525, 'recipient-rejected')
  expect(await request(api)).toMatchObject({ status: true })
  await Promise.all(pending)
  expect(report).toHaveBeenCalledOnce()
  const [error] = report.mock.calls[0]!
  expect(DeliveryError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ code: 'recipient-rejected', delivery: 'not-accepted' })
  expect(JSON.stringify(error) + String(error)).not.toContain('app.postern.test')
})
