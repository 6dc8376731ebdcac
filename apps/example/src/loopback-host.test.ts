import { expect, it } from 'vitest'
import { assertLoopbackHost } from './loopback-host.ts'

it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'app.localhost'])('accepts %s', (host) => {
  expect(() => assertLoopbackHost(host)).not.toThrow()
})

it.each([undefined, '', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.0.1', '[2001:db8::1]', 'not a host'])('refuses %s', (host) => {
  expect(() => assertLoopbackHost(host)).toThrow('This app answers under names of this machine only')
})
