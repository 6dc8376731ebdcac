import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { holdPort } from './hold-port.ts'
import { listen } from './listener.ts'

const host = '127.0.0.1'

it('keeps a port that nobody listens on, and gives it back', async () => {
  const first = await listen(0, host, () => {})
  const { port } = first
  await first.close()
  const hold = await holdPort(port, host)
  const [error] = (await once(connect(port, host), 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
  const listener = await listen(port, host, () => {})
  await Promise.all([hold.close(), listener.close()])
})

it('waits for one that somebody was quicker to take', async () => {
  const other = await listen(0, host, () => {})
  const held = holdPort(other.port, host)
  await expect(listen(other.port, host, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await other.close()
  const hold = await held
  expect(hold.port).toBe(other.port)
  await hold.close()
})
