import { expect, it } from 'vitest'
import { parseSettings } from './parse.ts'

it("fills the host in from nodemailer's service names", () => {
  expect(parseSettings({ service: 'Gmail', auth: { user: 'ada@gmail.com', pass: 'x' } }).host).toBe('smtp.gmail.com')
  expect(parseSettings({ service: 'sendgrid' })).toEqual({ host: 'smtp.sendgrid.net' })
})

it("keeps a host and a port of one's own, which nodemailer would silently replace", () => {
  expect(parseSettings({ service: 'Gmail', host: 'relay.example.com', port: 2525 })).toEqual({
    host: 'relay.example.com',
    port: 2525,
  })
})

it.each([['Nobody'], [7], [{}]])('does not guess at %j', (service) => {
  expect(() => parseSettings({ service, host: 'smtp.example.com' })).toThrow(
    expect.objectContaining({
      issues: [{ path: 'service', message: 'is not a provider Postern knows; set "host" in its place.' }],
    }),
  )
})

it.each([undefined, null, ''])('treats %j as absent', (service) => {
  expect(parseSettings({ service, host: 'smtp.example.com' })).toEqual({ host: 'smtp.example.com' })
})
