import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startDelayProxy } from './delay.ts'

const ROUND_TRIP = 4
let server: Server

beforeEach(async () => {
  server = createServer((socket) => {
    socket.write('hello\n')
    socket.pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => server.close())

it('keeps the order of the data and counts the client’s round trips', async () => {
  const proxy = await startDelayProxy((server.address() as AddressInfo).port, ROUND_TRIP)
  const client = connect({ port: proxy.port, host: '127.0.0.1', noDelay: true })
  const lines = createInterface(client)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => ((await lines.next()) as IteratorYieldResult<string>).value

  expect(await next()).toBe('hello')
  expect(proxy.roundTrips()).toBe(2)
  for (const flight of [['one'], ['two', 'three', 'four']]) {
    for (const line of flight) client.write(`${line}\n`)
    for (const line of flight) expect(await next()).toBe(line)
  }
  expect(proxy.roundTrips()).toBe(4)
  client.end()
  await once(client, 'close')
  await proxy.close()
})
