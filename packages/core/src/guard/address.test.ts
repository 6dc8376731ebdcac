import { ssrfForms } from '@postern/testing/contract'
import { describe, expect, it } from 'vitest'
import { SettingsError } from '../settings/settings-error.ts'
import { isPublicAddress } from './address.ts'
import { canonicalHost } from './host.ts'
import { readHostList } from './host-list.ts'

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '93.184.215.14', '168.63.129.15', '2606:4700:4700::1111', '2a00:1450:4001::1', '2600::5eff:127.0.0.1'])(
    'is true for %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )
  it.each(ssrfForms)('is false for %s: %j', (_, host) => expect(isPublicAddress(host)).toBe(false))
})

describe('canonicalHost', () => {
  it.each([
    ['Mail.Example.COM.', { kind: 'name', host: 'mail.example.com' }],
    ['192.0.2.1', { kind: 'address', host: '192.0.2.1' }],
    ['2001:db8::1', { kind: 'address', host: '2001:db8::1' }],
    ['relay', { kind: 'name', host: 'relay' }],
    ['1and1.example', { kind: 'name', host: '1and1.example' }],
    ['127.1', undefined],
    ['mail.0x7f', undefined],
    ['mail.example.com..', undefined],
    ['fe80::1%lo', undefined],
    ['', undefined],
  ])('%s', (host, canonical) => expect(canonicalHost(host)).toEqual(canonical))
})

describe('readHostList', () => {
  const list = readHostList(['Relay.Internal.', '10.1.0.0/16', '192.0.2.7', 'fd00:1::/32', '2001:db8::1'])

  it('matches names in any case, and no others', () => {
    expect(list.hasName('relay.internal')).toBe(true)
    expect(list.hasName('internal')).toBe(false)
  })

  it.each([
    ['10.1.255.255', true],
    ['10.2.0.0', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['fd00:1::9', true],
    ['fd00:2::9', false],
    ['2001:db8::1', true],
    ['::ffff:10.1.0.1', false],
    ['fd00:1::9%eth0', false],
    ['10.257', false],
  ])('%s: %j', (address, has) => expect(list.hasAddress(address)).toBe(has))

  it('names the list of an invalid entry', () => {
    expect(() => readHostList(['10.0.0.1', '*'], 'deny')).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path: 'deny.1' })] }))
  })

  it.each(['127.1', '0x7f000001/8', '10.0.0.0/33', 'smtp://relay', '', '*', 'fe80::1%lo', '::1/129'])('refuses %j', (entry) => {
    expect(() => readHostList(['10.0.0.1', entry])).toThrow(SettingsError)
  })
})
