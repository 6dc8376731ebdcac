import { expect, it } from 'vitest'
import { type Answer, until } from '../../test/mail-server.ts'
import { numbered, poolOver, resultOf, startServer } from '../../test/submission-pool.ts'

const auth = { user: 'ada', pass: 'correct horse' }

it('has no memory while there is a message or a connection', async () => {
  const server = await startServer()
  const { pool, send } = poolOver([server], { maxMessages: 2 })
  const sending = send('one\r\n')
  expect(pool.memory).toBeUndefined()
  await sending
  // The connection is kept for the next message.
  expect(pool.memory).toBeUndefined()
  await send('two\r\n')
  expect(pool.memory).toMatchObject({ selector: { endpoint: { port: server.port } }, isLoginProven: true, lastUsedAt: expect.any(Number) as number })
})

it('calls onRest when its last connection has closed', async () => {
  const server = await startServer()
  let rests = 0
  const { pool, send } = poolOver([server], { keepsConnections: false, maxConnections: Infinity, maxMessages: 1, onRest: () => (rests += 1) })
  await Promise.all(numbered(3).map((text) => send(text)))
  await until(() => rests > 0)
  expect(pool.memory).toBeDefined()
  expect(server.messages).toHaveLength(3)
})

const onlyOne: Answer = (peer) => {
  if (peer.server.open > 1) peer.socket.end('421 4.7.0 too many connections\r\n')
  else peer.say('220 ready')
}

it('has no memory while the server allows fewer connections', async () => {
  const server = await startServer({ greeting: onlyOne })
  const { pool, send } = poolOver([server], { maxMessages: 1 })
  await Promise.all(numbered(4).map((text) => send(text)))
  await until(() => server.open === 0)
  expect(pool.memory).toBeUndefined()
})

it.each([
  ['limits its rate', { rateLimit: 10 }],
  ['is closed', {}],
])('has no memory if it %s', async (what, options) => {
  const server = await startServer()
  const { pool, send } = poolOver([server], { maxMessages: 1, ...options })
  await send('one\r\n')
  if (what === 'is closed') pool.close(false)
  await until(() => server.open === 0)
  expect(pool.memory).toBeUndefined()
})

it('lets another pool open several connections at once, since the login was accepted', async () => {
  let released = true
  const server = await startServer({ AUTH: async (peer) => (await until(() => released), peer.say('235 ok')) }, { offer: ['AUTH PLAIN'] })
  const first = poolOver([server], { auth, maxMessages: 1 })
  await first.send('one\r\n')
  const { memory } = first.pool
  released = false
  const { send, selector } = poolOver([server], { auth, maxConnections: 3, memory })
  expect(selector.endpoint).toMatchObject({ port: server.port })
  const sent = numbered(3).map((text) => send(text))
  await until(() => server.connections === 4)
  released = true
  expect((await Promise.all(sent)).map(resultOf)).toEqual(sent.map(() => 'accepted'))
})
