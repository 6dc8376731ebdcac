import { createEndpointSelector, parseSettings } from '@postern/core'
import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import { smtpHealth, smtpLiveness, smtpSettingsCheck, type WebHandler } from './index.ts'

it('has these public names', async () => {
  expect(Object.keys(await import('./index.ts')).sort()).toEqual(['smtpHealth', 'smtpLiveness', 'smtpSettingsCheck'])
})

const post = (body: string) => new Request('http://localhost/check', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
const settings = JSON.stringify({ settings: { host: 'smtp.example.com' } })

describe('smtpSettingsCheck', () => {
  it.each([undefined, {}, { caller: 'everyone' }, { caller: 'everyone', authorize: true }])('throws without authorize: %j', (options) => {
    expect(() => smtpSettingsCheck(options as never)).toThrow(expect.objectContaining({ code: 'authorize-missing' }))
  })

  it.each([undefined, 'ip'])('throws without caller: %j', (caller) => {
    expect(() => smtpSettingsCheck({ authorize: () => true, caller } as never)).toThrow(expect.objectContaining({ code: 'caller-missing' }))
  })

  it('passes the context of the server to authorize and caller', async () => {
    interface Info {
      readonly address: string
    }
    const check = smtpSettingsCheck({
      authorize: (_request, { address }: Info) => address !== '192.0.2.1',
      caller: (_request, { address }: Info) => address,
      rate: { checks: 1 },
    })
    const statusFor = async (address: string) => (await check(post(settings), { address })).status
    expect([await statusFor('192.0.2.1'), await statusFor('192.0.2.2'), await statusFor('192.0.2.2'), await statusFor('192.0.2.3')]).toEqual([403, 200, 429, 200])
    expectTypeOf(check).toEqualTypeOf<(request: Request, context: Info) => Promise<Response>>()
    // @ts-expect-error the context is missing
    expect((await check(post(settings))).status).toBe(403)
  })

  it('limits everyone together', async () => {
    const check = smtpSettingsCheck({ authorize: () => true, caller: 'everyone', rate: { checks: 1 } })
    expect([(await check(post(settings))).status, (await check(post(settings))).status]).toEqual([200, 429])
  })

  it('does not cancel a body that is too large: SvelteKit would then close the connection without a response', async () => {
    const check = smtpSettingsCheck({ authorize: () => true, caller: 'everyone' })
    const cancel = vi.fn<() => void>()
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(40_000)), cancel })
    const request = new Request('http://localhost/check', { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' })
    expect((await check(request)).status).toBe(413)
    expect([cancel.mock.calls.length, request.body?.locked]).toEqual([0, false])
  })

  it('reports a body that was already read', async () => {
    const errors: unknown[] = []
    const check = smtpSettingsCheck({ authorize: () => true, caller: 'everyone', onError: (error) => errors.push(error) })
    const request = post(settings)
    await request.text()
    expect((await check(request)).status).toBe(500)
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('already read') })])
  })
})

it('types the handlers', () => {
  const source = createEndpointSelector(parseSettings({ host: 'smtp.example.com' }))
  expectTypeOf(smtpHealth(source)).toEqualTypeOf<WebHandler>()
  expectTypeOf(smtpLiveness()).toEqualTypeOf<(request: Request, context?: unknown) => Promise<Response>>()
  source.close()
})
