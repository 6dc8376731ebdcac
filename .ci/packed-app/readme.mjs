// Runs the first example of READMEs as they are published. Needs a Node that runs TypeScript: 22.19 or newer.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import tls from 'node:tls'
import { startProvider } from '@postern/testing'

const provider = await startProvider()
const [user, pass] = [provider.auth.user, provider.auth.pass].map(encodeURIComponent)
process.env.SMTP_URL = `smtp://${user}:${pass}@${provider.host}:${provider.ports[587]}`
process.env.OPERATOR_TOKEN = 'of-the-test'
tls.setDefaultCACertificates([provider.ca])

/** Imports the first example of a README. The examples call their app `app`; a free port replaces the one in the text. */
async function example(name) {
  const [, code] = /```ts\n([^]*?)```/.exec(readFileSync(`node_modules/@postern/${name}/README.md`, 'utf8'))
  const file = `./example-${name}.mts`
  writeFileSync(file, `${code.replace('port: 3000', 'port: 0').replace('app.listen(3000)', '').replace('export default app', '')}\nexport { app }\n`)
  return (await import(file)).app
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

const hono = await example('web')
await checkRoutes((path, init) => hono.fetch(new Request(`http://localhost${path}`, init)))

const fastify = await example('fastify')
const request = (path, init) => fetch(`http://127.0.0.1:${fastify.server.address().port}${path}`, init)
await checkRoutes(request)
assert.equal((await request('/invite', { method: 'POST' })).status, 202)
assert.deepEqual(provider.messages.map(({ subject }) => subject), ['Welcome'])

const express = createServer(await example('dashboard')).listen(0, '127.0.0.1')
await once(express, 'listening')
const dashboard = (path, headers) => fetch(`http://127.0.0.1:${express.address().port}${path}`, { headers })
const operator = { authorization: `Bearer ${process.env.OPERATOR_TOKEN}` }
assert.equal((await dashboard('/admin/mail/')).status, 403)
const page = await (await dashboard('/admin/mail', operator)).text()
assert.match(page, /<html lang="en">/)
for (const [path] of page.matchAll(/\/admin\/mail\/app\.(js|css)\?v=[^"]+/g)) assert.equal((await dashboard(path, operator)).status, 200)
assert.equal((await (await dashboard('/admin/mail/state', operator)).json()).mailers[0].name, 'default')
express.close()

await fastify.close()
await provider.close()
