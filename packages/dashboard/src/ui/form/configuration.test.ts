import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseSettings, settingsFromEnv } from '@postern/core'
import { configurationOf } from './configuration.ts'

const recommended = { port: 2525, security: 'starttls' }

describe('the configuration to copy', () => {
  it('is read by settingsFromEnv', () => {
    const text = configurationOf({ account: 'smtp.example.com', 'auth.user': 'ada@example.com', 'auth.pass': 'hunter2', port: '587', security: '' }, recommended)
    expect(settingsFromEnv({ ...parseEnv(text), SMTP_PASS: 'secret' })).toMatchObject({
      host: 'smtp.example.com',
      port: 2525,
      security: 'starttls',
      auth: { user: 'ada@example.com', pass: 'secret' },
    })
  })

  it('leaves the port to Postern unless one was typed', () => {
    expect(configurationOf({ account: 'smtp.example.com' }, recommended)).toBe('SMTP_HOST=smtp.example.com')
  })

  it('keeps a user name with special characters', () => {
    const text = configurationOf({ account: 'smtp.example.com', 'auth.user': 'ada #1', 'auth.pass': 'x' }, null)
    expect(parseEnv(text)).toMatchObject({ SMTP_USER: 'ada #1' })
  })

  it('is code for an e-mail address, which parseSettings reads', () => {
    const text = configurationOf({ account: 'ada@gmail.com', 'auth.pass': 'hunter2', port: '' }, recommended)
    expect(text).toBe("createTransport(parseSettings({\n  account: \"ada@gmail.com\",\n  'auth.pass': process.env.SMTP_PASS,\n}))")
    expect(parseSettings({ account: 'ada@gmail.com', 'auth.pass': 'secret' }).host).toBe('smtp.gmail.com')
  })

  it.each(['smtp.example.com', 'ada@gmail.com'])('never contains the password: %s', (account) => {
    expect(configurationOf({ account, 'auth.user': 'ada', 'auth.pass': 'hunter2' }, recommended)).not.toContain('hunter2')
  })
})
