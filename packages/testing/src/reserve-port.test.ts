import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { reservePort } from './reserve-port.ts'
import { listen } from './listener.ts'

const host = '127.0.0.1'

it('reserves a port that refuses connections, and frees it', async () => {
  const first = await listen(0, host, () => {})
  const { port } = first
  await first.close()
  const reservation = await reservePort(port, host)
  const [error] = (await once(connect(port, host), 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
  const listener = await listen(port, host, () => {})
  await Promise.all([reservation.close(), listener.close()])
})

it('waits for a port that is in use', async () => {
  const other = await listen(0, host, () => {})
  const pending = reservePort(other.port, host)
  await expect(listen(other.port, host, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await other.close()
  const reservation = await pending
  expect(reservation.port).toBe(other.port)
  await reservation.close()
})
