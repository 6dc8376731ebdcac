// Runs the first example of READMEs as they are published. That of nestjs, whose decorators need a compiler, is in ../packed-nest; that of oauth2 needs an account.
// Needs a Node that runs TypeScript: 22.19 or newer.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import tls from 'node:tls'
import { startProvider } from '@postern/testing'

const provider = await startProvider()
const [user, pass] = [provider.auth.user, provider.auth.pass].map(encodeURIComponent)
process.env.SMTP_URL = `smtp://${user}:${pass}@${provider.host}:${provider.ports[587]}`
process.env.OPERATOR_TOKEN = 'of-the-test'
process.env.SMTP_PASS = process.env.MAILPRO_PASSWORD = provider.auth.pass
tls.setDefaultCACertificates([provider.ca])

/** What replaces the ports and the account of the texts. */
const replacements = [
  ['port: 3000', 'port: 0'],
  ['app.listen(3000)', 'export const server = app.listen(0)'],
  ['export default app', ''],
  ["host: 'smtp.mailpro.com'", `host: '${provider.host}', port: ${provider.ports[587]}`],
  ["user: 'you@example.com'", `user: '${provider.auth.user}'`],
]

/** Imports the first example of a README. */
async function example(name) {
  const [, code] = /```ts\n([^]*?)```/.exec(readFileSync(`node_modules/@postern/${name}/README.md`, 'utf8'))
  const file = `./example-${name}.mts`
  const text = replacements.reduce((text, [from, to]) => text.replace(from, to), code)
  writeFileSync(file, /const app = /.test(text) ? `${text}\nexport { app }\n` : text)
  return await import(file)
}

/** What the apps with health routes answer. */
async function checkRoutes(request) {
  const authorized = { authorization: `Bearer ${process.env.OPERATOR_TOKEN}` }
  const settings = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ settings: { host: 'smtp.mailpro.com' } }) }
  const answers = async (path, init) => {
    const response = await request(path, init)
    return [response.status, await response.json()]
  }
  assert.deepEqual(await answers('/health/live'), [200, { status: 'pass' }])
  assert.deepEqual(await answers('/health/smtp'), [200, { status: 'pass' }])
  assert.ok((await answers('/health/smtp', { headers: authorized }))[1].rungs)
  assert.equal((await answers('/settings/check', settings))[0], 403)
  const [status, { findings }] = await answers('/settings/check', { ...settings, headers: { ...settings.headers, ...authorized } })
  assert.deepEqual([status, Array.isArray(findings)], [200, true])
}

/** Checks an app that listens, and sends a message. */
async function checkServer(server) {
  const request = (path, init) => fetch(`http://127.0.0.1:${server.address().port}${path}`, init)
  await checkRoutes(request)
  assert.equal((await request('/invite', { method: 'POST' })).status, 202)
  assert.equal(provider.messages.at(-1).subject, 'Welcome')
}

/** Runs an example and returns what it prints. */
async function printed(name) {
  const lines = []
  const { log, error } = console
  console.log = console.error = (...args) => lines.push(args)
  await example(name)
  Object.assign(console, { log, error })
  return lines
}

const hono = (await example('web')).app
await checkRoutes((path, init) => hono.fetch(new Request(`http://localhost${path}`, init)))

const fastify = (await example('fastify')).app
await checkServer(fastify.server)
await fastify.close()

const { server } = await example('express')
if (!server.listening) await once(server, 'listening')
await checkServer(server)
server.close()

const { server: admin } = await example('dashboard')
if (!admin.listening) await once(admin, 'listening')
const dashboard = (path, headers) => fetch(`http://127.0.0.1:${admin.address().port}${path}`, { headers })
const operator = { authorization: `Bearer ${process.env.OPERATOR_TOKEN}` }
assert.equal((await dashboard('/admin/mail/')).status, 403)
const page = await (await dashboard('/admin/mail', operator)).text()
assert.match(page, /<html lang="en">/)
for (const [path] of page.matchAll(/\/admin\/mail\/app\.(js|css)\?v=[^"]+/g)) assert.equal((await dashboard(path, operator)).status, 200)
assert.equal((await (await dashboard('/admin/mail/state', operator)).json()).mailers[0].name, 'default')
admin.close()

assert.deepEqual(await printed('core'), [[`${provider.host}:${provider.ports[587]} with starttls`]])

await example('nodemailer')
assert.equal(provider.messages.at(-1).subject, 'Hello')

const [[message]] = await printed('testing')
assert.equal(message.subject, 'Hi')

assert.deepEqual(provider.messages.map(({ subject }) => subject), ['Welcome', 'Welcome', 'Hello'])
await provider.close()
// The transports of the examples stay open.
process.exit()
