import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ssrfForms, startCanary } from '@postern/testing/contract'
import { expect, it } from 'vitest'
import { createSettingsCheck } from './settings-check.ts'

const auth = { user: 'ada', pass: 'secret-word' }

it('opens no socket for a forbidden host, so that neither response nor time reveals an open port', async () => {
  const canary = await startCanary()
  const check = createSettingsCheck({ ports: [canary.port, canary.closedPort].map((port) => ({ port, security: 'starttls' })) })
  let sockets = 0
  const count = () => (sockets += 1)
  subscribe('net.client.socket', count)
  try {
    for (const [, host] of ssrfForms) {
      const { body } = await check({ body: { settings: { host, auth }, probe: true, login: true } })
      expect(body.replaceAll(String(canary.port), 'N').replaceAll(String(canary.closedPort), 'N')).not.toContain('"connect-')
    }
    expect(sockets).toBe(0)
    await createSettingsCheck({ allow: ['127.0.0.1'], ports: [{ port: canary.port, security: 'starttls' }] })({
      body: { settings: { host: '127.0.0.1', auth }, probe: true },
    })
    expect([sockets, canary.connections]).toEqual([1, 1])
  } finally {
    unsubscribe('net.client.socket', count)
    await canary.close()
  }
})
