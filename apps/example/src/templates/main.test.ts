import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../dist/templates/main.js', import.meta.url))

it(
  'sends a message rendered by @nestjs-modules/mailer over the port that works, and exits',
  { timeout: 30_000 },
  async () => {
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output, exit] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(output).toContain('The server has accepted the message: 250')
    expect(output).toContain('<h1>Welcome, Ada</h1>')
    expect(exit).toEqual([0, null])
  },
)
