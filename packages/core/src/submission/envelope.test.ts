import { describe, expect, it } from 'vitest'
import { type Envelope, type EnvelopeFault, findFault, mailCommand, rcptCommand } from './envelope.ts'
import { type Server, serverOf } from './server.ts'

const bare = serverOf([], true)
const everything = serverOf(['SIZE 1000', 'PIPELINING', 'CHUNKING', '8BITMIME', 'SMTPUTF8', 'DSN', 'REQUIRETLS'], true)
const simple: Envelope = { from: 'ada@example.com', to: ['bob@example.net'] }

const mail = (envelope: Partial<Envelope>, server: Server, knownSize?: number, has8Bit = false) => mailCommand({ ...simple, ...envelope }, server, knownSize, has8Bit)

describe('MAIL', () => {
  const dsn = { ret: 'HDRS', envid: 'id-1', notify: 'SUCCESS,FAILURE', orcpt: 'rfc822;bob@example.net' }

  it.each<[string, Partial<Envelope>, string]>([
    ['a sender', {}, ''],
    ['a size', { size: 500 }, ' SIZE=500'],
    ['octets above 127', { use8BitMime: true }, ' BODY=8BITMIME'],
    ['a sender beyond ASCII', { from: 'jürgen@example.com' }, ' SMTPUTF8'],
    ['a recipient beyond ASCII', { to: ['bob@example.net', '李@example.net'] }, ' SMTPUTF8'],
    ['notifications', { dsn }, ' RET=HDRS ENVID=id-1'],
    ['notifications without an identifier', { dsn: { ret: 'FULL' } }, ' RET=FULL'],
    ['TLS on the whole way', { requireTls: true }, ' REQUIRETLS'],
    ['all of it', { size: 9, use8BitMime: true, from: 'é@example.com', dsn, requireTls: true }, ' SMTPUTF8 BODY=8BITMIME SIZE=9 RET=HDRS ENVID=id-1 REQUIRETLS'],
  ])('for %s has the parameters that the server offers', (_, envelope, parameters) => {
    const { from } = { ...simple, ...envelope }
    expect(mail(envelope, everything)).toBe(`MAIL FROM:<${from}>${parameters}`)
    // REQUIRETLS is never left out in silence: without the extension nothing is sent at all.
    expect(mail(envelope, bare)).toBe(`MAIL FROM:<${from}>${envelope.requireTls ? ' REQUIRETLS' : ''}`)
  })

  it.each<[keyof Server, Partial<Envelope>, RegExp]>([
    ['hasSize', { size: 500 }, / SIZE=/],
    ['eightBitMime', { use8BitMime: true }, / BODY=/],
    ['smtpUtf8', { from: 'é@example.com' }, / SMTPUTF8/],
    ['dsn', { dsn }, / RET=| ENVID=/],
  ])('does not use %s if only that is missing', (extension, envelope, parameter) => {
    expect(mail(envelope, everything)).toMatch(parameter)
    expect(mail(envelope, { ...everything, [extension]: false })).not.toMatch(parameter)
  })

  it('names the null sender', () => {
    expect(mail({ from: '' }, bare)).toBe('MAIL FROM:<>')
  })

  it('has the known size if the caller gives none', () => {
    expect(mail({}, everything, 77)).toBe('MAIL FROM:<ada@example.com> SIZE=77')
    expect(mail({ size: 80 }, everything, 77)).toBe('MAIL FROM:<ada@example.com> SIZE=80')
  })

  it('names a size to a server that offers SIZE without a limit', () => {
    expect(mail({ size: 80 }, serverOf(['SIZE'], true))).toBe('MAIL FROM:<ada@example.com> SIZE=80')
    expect(mail({ size: 80 }, serverOf(['SIZE 0'], true))).toBe('MAIL FROM:<ada@example.com> SIZE=80')
  })

  it('announces octets above 127', () => {
    expect(mail({}, everything, undefined, true)).toBe('MAIL FROM:<ada@example.com> BODY=8BITMIME')
  })

  it.each<[string, string]>([
    ['plain', 'plain'],
    ['a+b=c', 'a+2Bb+3Dc'],
    ['with space', 'with+20space'],
    ['a\r\nRSET', 'a+0D+0ARSET'],
    ['\0', '+00'],
    ['é', '+C3+A9'],
    ['!*,<>~', '!*,<>~'],
    ['\x7f', '+7F'],
  ])('writes the identifier %j as %j (RFC 3461 §4)', (envid, written) => {
    expect(mail({ dsn: { envid } }, everything)).toBe(`MAIL FROM:<ada@example.com> ENVID=${written}`)
  })
})

describe('RCPT', () => {
  it.each<[string, Envelope['dsn'], string]>([
    ['nothing more', undefined, ''],
    ['when to notify', { notify: 'NEVER' }, ' NOTIFY=NEVER'],
    ['several occasions', { notify: 'SUCCESS,FAILURE,DELAY' }, ' NOTIFY=SUCCESS,FAILURE,DELAY'],
    ['the original recipient', { orcpt: 'rfc822;bob+list@example.net' }, ' ORCPT=rfc822;bob+2Blist@example.net'],
    ['what belongs to MAIL', { ret: 'FULL', envid: 'x' }, ''],
    ['a line end', { notify: 'NEVER\r\nDATA' }, ' NOTIFY=NEVER+0D+0ADATA'],
  ])('with %s', (_, dsn, parameters) => {
    expect(rcptCommand('bob@example.net', dsn, everything)).toBe(`RCPT TO:<bob@example.net>${parameters}`)
    expect(rcptCommand('bob@example.net', dsn, bare)).toBe('RCPT TO:<bob@example.net>')
  })
})

describe('an envelope', () => {
  const faultOf = (envelope: Partial<Envelope>, server = everything, knownSize?: number) => findFault({ ...simple, ...envelope }, server, knownSize)

  it.each<[string, Partial<Envelope>, EnvelopeFault | undefined]>([
    ['of one sender and one recipient', {}, undefined],
    ['of the null sender', { from: '' }, undefined],
    ['beyond ASCII', { from: 'jürgen@example.com', to: ['李@example.net'] }, undefined],
    ['with a quoted local part', { to: ['"bob smith"@example.net'] }, undefined],
    ['without recipients', { to: [] }, { code: 'no-recipients' }],
    ['with an empty recipient', { to: ['bob@example.net', ''] }, { code: 'recipient', value: '' }],
  ])('%s', (_, envelope, fault) => {
    expect(faultOf(envelope)).toEqual(fault)
  })

  it.each(['\r', '\n', '\r\n', '<', '>', '\0'])('with %j in an address is not sent', (character) => {
    const address = `a${character}b@example.com`
    expect(faultOf({ from: address })).toEqual({ code: 'sender', value: address })
    expect(faultOf({ to: ['bob@example.net', address] })).toEqual({ code: 'recipient', value: address })
  })

  it.each<[string, Partial<Envelope>, number | undefined, EnvelopeFault | undefined]>([
    ['the size that the caller names', { size: 1_001 }, undefined, { code: 'size', value: 1_000 }],
    ['the size that is known', {}, 1_001, { code: 'size', value: 1_000 }],
    ['the larger of both', { size: 10 }, 1_001, { code: 'size', value: 1_000 }],
    ['the limit itself', { size: 1_000 }, 1_000, undefined],
  ])('is compared with the limit of the server: %s', (_, envelope, knownSize, fault) => {
    expect(faultOf(envelope, everything, knownSize)).toEqual(fault)
    expect(faultOf(envelope, bare, knownSize)).toBeUndefined()
  })

  it.each<[string, Server, boolean]>([
    ['that offers it under TLS', everything, true],
    ['that offers it in the clear', { ...everything, secure: false }, false],
    ['that does not offer it', { ...everything, requireTls: false }, false],
  ])('that requires TLS for relaying needs a server %s', (_, server, isSuited) => {
    expect(faultOf({ requireTls: true }, server)).toEqual(isSuited ? undefined : { code: 'require-tls' })
  })
})

describe('a server', () => {
  it.each<[string, number | undefined, boolean]>([
    ['SIZE 35882577', 35_882_577, true],
    ['size 10', 10, true],
    ['SIZE', undefined, true],
    ['SIZE 0', undefined, true],
    ['SIZE many', undefined, true],
    ['SIZE -1', undefined, true],
    ['SIZE 1e3', undefined, true],
    ['SIZE 99999999999999999999', undefined, true],
    ['8BITMIME', undefined, false],
  ])('that offers %j has the limit %j', (line, size, hasSize) => {
    expect(serverOf([line], true)).toMatchObject({ size, hasSize })
  })
})
