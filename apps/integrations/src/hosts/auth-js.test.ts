import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core'
import type { Adapter } from '@auth/core/adapters'
import { expect, it, vi } from 'vitest'
import { signInByMail } from './auth-js.ts'
import { blockedProvider, expectOneOver2525 } from './blocked-provider.ts'

const tokens: unknown[] = []

/** The parts of a database that sign-in by mail needs. */
const adapter: Adapter = {
  createVerificationToken: async (token) => {
    tokens.push(token)
    return token
  },
  useVerificationToken: async () => null,
  getUserByEmail: async () => null,
  getUserByAccount: async () => null,
  getUser: async () => null,
  getSessionAndUser: async () => null,
  createUser: async (user) => user,
  updateUser: async (user) => ({ email: '', emailVerified: null, ...user }),
  linkAccount: async () => {},
  createSession: async (session) => session,
  updateSession: async () => null,
  deleteSession: async () => {},
}

function signIn(config: Pick<AuthConfig, 'providers' | 'logger'>): Promise<Response> {
  const body = new URLSearchParams({ email: 'ada@postern.test' })
  return Auth(new Request('https://app.postern.test/auth/signin/nodemailer', { method: 'POST', body }), {
    adapter,
    secret: 'of-the-test',
    trustHost: true,
    basePath: '/auth',
    skipCSRFCheck,
    ...config,
  })
}

it('works as the transport of Auth.js’s nodemailer provider', async () => {
  const blocked = await blockedProvider()
  const { transport, provider } = blocked
  const response = await signIn({ providers: [signInByMail(transport, 'app@postern.test')] })
  expect(response.headers.get('location')).toContain('/auth/verify-request')
  expect(tokens).toHaveLength(1)
  expect(provider.messages[0]).toMatchObject({ to: ['ada@postern.test'], subject: 'Sign in to app.postern.test' })
  expectOneOver2525(blocked)
})

it('uses the working port at once for the next sign-in, and passes a refusal on to Auth.js', async () => {
  const { transport, provider } = await blockedProvider()
  const providers = [signInByMail(transport, 'app@postern.test')]
  await signIn({ providers })
  await signIn({ providers })
  expect(provider.messages).toHaveLength(2)
  expect(transport.metrics().endpoints[0]!.attempts.failed).toBe(1)

  await provider.fault(2525, 'recipient-rejected')
  const error = vi.fn<(error: Error) => void>()
  const response = await signIn({ providers, logger: { error } })
  expect(response.headers.get('location')).toContain('error=')
  expect(error.mock.calls.flat().map(String).join('\n')).toContain('127.0.0.1')
  expect(provider.messages).toHaveLength(2)
})
