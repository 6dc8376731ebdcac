import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startProvider } from '@postern/testing'
import { expect, it, vi } from 'vitest'

// Starting a process with a framework takes long on a slow machine.
vi.setConfig({ testTimeout: 30_000 })

const main = fileURLToPath(new URL('../../dist/templates/main.js', import.meta.url))

async function run(env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { output, errors, code: code as number | null }
}

it('sends a message rendered by @nestjs-modules/mailer over the port that works, and exits', async () => {
  const { output, errors, code } = await run()
  expect(output).toContain('The server has accepted the message: 250')
  expect(output).toContain('<h1>Welcome, Ada</h1>')
  expect({ errors, code }).toEqual({ errors: '', code: 0 })
})

it('does not start without mail, and says why', async () => {
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const port = provider.ports[587]
  const { errors, code } = await run({ SMTP_URL: `smtp://a%40b.test:secret-word@${provider.host}:${port}` })
  await provider.close()
  expect(errors).toContain(`The mailer is not ready. The server 127.0.0.1:${port} refused the connection.`)
  expect(errors).not.toContain('secret-word')
  expect(code).toBe(1)
})
