// Starts the compiled app as a process, has it send, and ends it: at rest, and while a message is under way.
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { startProvider } from '@postern/testing'

await finds2525()
await endsInMidSend()

async function finds2525() {
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const { user, pass } = provider.auth
  const app = await start({
    SMTP_HOST: provider.host,
    SMTP_PORT: String(provider.ports[2525]),
    SMTP_USER: user,
    SMTP_PASS: pass,
    SMTP_TLS_CA: provider.ca,
  })
  assert.equal(await app.send(), provider.ports[2525])
  assert.deepEqual(
    provider.messages.map(({ subject }) => subject),
    ['Welcome'],
  )
  app.child.kill('SIGTERM')
  assert.deepEqual(await app.ended, [null, 'SIGTERM'])
  await provider.close()
}

async function endsInMidSend() {
  const server = await startLateServer()
  const app = await start({ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(server.port), SMTP_SECURITY: 'none' })
  const sending = app.send()
  await server.received
  app.child.kill('SIGTERM')
  // The app must outlive the signal for as long as the server takes.
  server.accept()
  assert.equal(await sending, server.port)
  assert.deepEqual(await app.ended, [null, 'SIGTERM'])
  server.close()
}

async function start(env) {
  const child = fork('dist/main.js', { env: { ...process.env, ...env } })
  const ended = once(child, 'exit')
  const up = await Promise.race([once(child, 'message'), ended])
  assert.equal(up[0], 'up', `The app ended with ${String(up[0])}`)
  const send = async () => {
    child.send('send')
    return (await once(child, 'message'))[0]
  }
  return { child, ended, send }
}

/** Takes one message, and says so when it is told to. */
async function startLateServer() {
  let accept
  let tell
  const received = new Promise((resolve) => (tell = resolve))
  const server = createServer((socket) => {
    let inBody = false
    let body = ''
    socket.write('220 late.test\r\n')
    socket
      .on('error', () => {})
      .on('data', (data) => {
        const text = data.toString()
        if (inBody) {
          body += text
          if (!body.endsWith('\r\n.\r\n')) return
          inBody = false
          accept = () => socket.write('250 2.0.0 At last\r\n')
          return tell()
        }
        for (const line of text.split('\r\n').filter(Boolean)) {
          inBody ||= line.startsWith('DATA')
          socket.write(inBody ? '354 Go on\r\n' : line.startsWith('QUIT') ? '221 Bye\r\n' : '250 Fine\r\n')
        }
      })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: server.address().port, received, accept: () => accept(), close: () => server.close() }
}
