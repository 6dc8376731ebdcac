import { describe, expect, it } from 'vitest'
import { SettingsError } from '../settings/settings-error.ts'
import { ladderOf, isMailPort } from './ports.ts'
import { createSettingsCheck } from './settings-check.ts'

const ports = (host: string, rules = {}) => ladderOf(host, rules).map(({ port }) => port)

describe('the permitted ports', () => {
  it.each([
    ['smtp.example.com', {}, [587, 2525, 465]],
    ['smtp.gmail.com', {}, [587, 465]],
    ['smtp.example.com', { policy: { allowPort25: true } }, [587, 2525, 465, 25]],
    ['smtp.example.com', { policy: { implicitTls: 'first' } }, [465, 587, 2525]],
    ['smtp.example.com', { ports: [{ port: 10_025, security: 'starttls' }] }, [10_025]],
  ])('%s with %j: %j', (host, rules, expected) => expect(ports(host, rules)).toEqual(expected))

  it.each([
    [25, 'smtp.office365.com', {}, false],
    [25, 'smtp.example.com', { policy: { allowPort25: true } }, true],
    [587, 'smtp.example.com', {}, true],
    [587, 'smtp.example.com', { ports: [] }, false],
    [22, 'smtp.example.com', {}, false],
  ])('%i on %s with %j: %j', (port, host, rules, may) => expect(isMailPort(port, host, rules)).toBe(may))
})

describe('createSettingsCheck', () => {
  it.each([{ concurrency: Number.NaN }, { concurrency: 0 }, { deadline: -1 }, { allow: ['127.1'] }, { deny: ['127.1'] }, { deadline: '5' as never }])(
    'refuses the policy %j',
    (policy) => expect(() => createSettingsCheck(policy)).toThrow(SettingsError),
  )

  it('repeats no host in findings', async () => {
    const settings = { host: '192.0.2.77', port: 25, security: 'none', auth: { user: 'ada', pass: 'x' } }
    const { body } = await createSettingsCheck()({ body: { settings } })
    expect(body).toContain('cleartext-auth')
    expect(body).toContain('host-is-address')
    expect(body).not.toContain('192.0.2.77')
  })

  it('reports that a name does not exist, and connects nowhere', async () => {
    const check = createSettingsCheck({
      async resolve(_, signal) {
        expect(signal).toBeInstanceOf(AbortSignal)
        throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
      },
    })
    const { body } = await check({ body: { settings: { host: 'smtp.example.com', auth: { user: 'a', pass: 'b' } }, probe: true } })
    const { ports: outcomes } = JSON.parse(body) as { readonly ports: readonly { readonly code: string }[] }
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(['dns-not-found']))
  })
})
