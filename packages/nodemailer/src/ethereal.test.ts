import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nodemailer from 'nodemailer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTestAccount, getTestMessageUrl } from './ethereal.ts'

afterEach(() => vi.unstubAllEnvs())

describe('getTestMessageUrl', () => {
  it.each([
    '250 Accepted [STATUS=new MSGID=WdzBxV2pTeHfhvqDWdzBxh]',
    '250 [first] Accepted [MSGID=abc.def STATUS=new]',
    '250 Accepted [[STATUS=new MSGID=abc]',
    '250 Accepted [STATUS=new MSGID=abc] as 17',
    '250 Accepted [STATUS=new]',
    '250 Accepted [MSGID=abc]',
    '250 Accepted []',
    'STATUS=new MSGID=abc]',
    ']',
    '',
    Buffer.from('250 Accepted [STATUS=new MSGID=abc]'),
    undefined,
  ])('returns the same as nodemailer: %s', (response) => {
    expect(getTestMessageUrl({ response })).toBe(nodemailer.getTestMessageUrl({ response }))
  })

  it('returns false without the result of a send', () => {
    expect([getTestMessageUrl(), getTestMessageUrl(false), getTestMessageUrl(null), getTestMessageUrl({})]).toEqual([false, false, false, false])
  })

  it('reads the address of the web interface from the environment, like nodemailer', () => {
    vi.stubEnv('ETHEREAL_WEB', 'https://mail.test//')
    const info = { response: '250 Accepted [STATUS=new MSGID=abc]' }
    expect(getTestMessageUrl(info)).toBe('https://mail.test/message/abc')
    expect(nodemailer.getTestMessageUrl(info)).toBe('https://mail.test/message/abc')
  })
})

/** Answers each request for an account with the next number. */
async function startAccountServer() {
  let count = 0
  const server = createServer((_, response) => {
    count++
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ status: 'success', user: `user-${count}`, pass: 'secret', web: 'https://account.test' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe('createTestAccount', () => {
  it('creates an account, with a promise or a callback, whose web interface is used from then on', async () => {
    vi.stubEnv('ETHEREAL_CACHE', 'no')
    const { url, close } = await startAccountServer()
    try {
      expect(await createTestAccount(url)).toMatchObject({ user: 'user-1' })
      expect(await new Promise((resolve) => createTestAccount(url, (_, account) => resolve(account)))).toMatchObject({ user: 'user-2' })
      expect(getTestMessageUrl({ response: '250 Accepted [STATUS=new MSGID=abc]' })).toBe('https://account.test/message/abc')
    } finally {
      close()
    }
  })

  it('rejects, or calls back, with the error of the server', async () => {
    vi.stubEnv('ETHEREAL_CACHE', 'no')
    const { url, close } = await startAccountServer()
    close()
    await expect(createTestAccount(url)).rejects.toMatchObject({ code: 'EFETCH' })
    expect(await new Promise((resolve) => createTestAccount(url, resolve))).toMatchObject({ code: 'EFETCH' })
  })
})
