import { type Fault, startProvider } from '@postern/testing'
import nodemailer from 'nodemailer'
import { expect, it, onTestFinished } from 'vitest'
import { explainError } from './explain-error.ts'

/** The error of nodemailer's own transport. */
async function explained(fault: Fault): Promise<{ readonly text: string; readonly pass: string; readonly port: number }> {
  const provider = await startProvider({ faults: { 587: fault } })
  onTestFinished(() => provider.close())
  const { host, auth, ca, ports } = provider
  const port = ports[587]
  const plain = nodemailer.createTransport({ host, port, auth, requireTLS: true, tls: { ca } })
  const error: unknown = await plain.sendMail({ from: auth.user, to: auth.user, subject: 'Hello', text: 'It works.' }).catch((error: unknown) => error)
  return { text: explainError(error, { host, port, auth }), pass: auth.pass, port }
}

it('says what happened and what to do', async () => {
  const { text, port } = await explained('refuse')
  expect(text).toMatch(`The server 127.0.0.1:${port} refused the connection. `)
  expect(text).toMatch(/\(connect-refused\)$/)
})

it('shows what the server said, without the password that it repeated', async () => {
  const { text, pass } = await explained('auth-echo')
  expect(text).toContain('(auth-rejected)\nThe server said: 535')
  expect(text).toContain('[hidden]')
  expect(text).not.toContain(pass)
})
