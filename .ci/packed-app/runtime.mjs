// What must hold on every runtime: Node, Bun and Deno. Run without arguments; ends with 1 if anything differs.
import assert from 'node:assert/strict'
import { createTransport } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import { smtpHealth } from '@postern/web'

const message = { from: 'app@postern.test', to: 'you@postern.test', subject: 'Runtime', text: 'It works.' }
const everyPort = (fault) => ({ 587: fault, 2525: fault, 465: fault })

/** Runs with a provider and a transport, and closes both. */
async function using({ faults = {}, options = {} }, run) {
  const provider = await startProvider({ faults })
  const transport = createTransport(provider.settings, { deadline: 20_000, ...options })
  try {
    await run(transport, provider)
  } finally {
    transport.close()
    await provider.close()
  }
}

const failure = (promise) => promise.then(() => assert.fail('it was sent'), (error) => error)

/** Faults of every port, with the failure they lead to. Deno tells less about TLS. */
const refusals = {
  'bad-certificate': ['certificate-untrusted'],
  'certificate-expired': process.versions.deno ? ['certificate-untrusted'] : ['certificate-expired'],
  'certificate-name': ['certificate-name'],
  // The provider itself needs OpenSSL for old versions of TLS.
  ...(process.versions.bun ? {} : { 'tls-outdated': process.versions.deno ? ['connection-lost'] : ['tls-version'] }),
  'no-starttls': ['starttls-not-offered'],
  'starttls-refused': ['starttls-rejected'],
  'starttls-injection': ['starttls-injection'],
}

const scenes = {
  'sends over 587': () =>
    using({}, async (transport, provider) => {
      await transport.sendMail(message)
      assert.deepEqual(provider.messages.map(({ port }) => port), [587])
    }),
  'falls back to 2525 where 587 is refused': () =>
    using({ faults: { 587: 'refuse' } }, async (transport, provider) => {
      await transport.sendMail(message)
      assert.deepEqual(provider.messages.map(({ port }) => port), [2525])
    }),
  'falls back to 2525 where 587 drops packets': () =>
    using({ faults: { 587: 'black-hole' } }, async (transport, provider) => {
      await transport.sendMail(message)
      assert.deepEqual(provider.messages.map(({ port }) => port), [2525])
    }),
  ...Object.fromEntries(
    Object.entries(refusals).map(([fault, codes]) => [
      `sends nothing where every port has ${fault}`,
      () =>
        using({ faults: fault.includes('starttls') ? { 587: fault, 2525: fault, 465: 'refuse' } : everyPort(fault) }, async (transport, provider) => {
          const error = await failure(transport.sendMail(message))
          assert.equal(error.delivery, 'not-accepted')
          assert.ok(codes.includes(error.attempts[0].failure.code), `${error.attempts[0].failure.code} is not ${codes.join(' or ')}`)
          assert.deepEqual([provider.messages.length, provider.logins.length], [0, 0])
        }),
    ]),
  ),
  'sends 50 messages through a pool, each once': () =>
    using({ options: { pool: true } }, async (transport, provider) => {
      await Promise.all(Array.from({ length: 50 }, (_, index) => transport.sendMail({ ...message, subject: `Message ${index}` })))
      assert.equal(new Set(provider.messages.map(({ subject }) => subject)).size, 50)
      assert.equal(provider.messages.length, 50)
    }),
  'answers health': () =>
    using({}, async (transport) => {
      const response = await smtpHealth(transport)(new Request('http://localhost/health'))
      assert.deepEqual([response.status, await response.json()], [200, { status: 'pass' }])
    }),
}

let failed = 0
for (const [name, scene] of Object.entries(scenes)) {
  try {
    await scene()
    console.log(`ok   ${name}`)
  } catch (error) {
    failed += 1
    console.log(`FAIL ${name}: ${error.stack ?? error}`)
  }
}
process.exit(failed > 0 ? 1 : 0)
