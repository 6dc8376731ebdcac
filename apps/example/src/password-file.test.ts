import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { passwordFile } from './password-file.ts'

async function mailerWithFile() {
  const provider = await startProvider()
  const folder = mkdtempSync(join(tmpdir(), 'postern-'))
  const file = join(folder, 'password')
  const { user } = provider.auth
  const mailer = createTransport({ ...provider.settings, auth: { user, pass: passwordFile(file) } })
  onTestFinished(async () => {
    rmSync(folder, { recursive: true })
    await provider.close()
  })
  return { provider, file, user, send: () => mailer.sendMail({ from: user, to: user, subject: 'Hello', text: 'It works.' }) }
}

it('is read again for each connection', async () => {
  const { provider, file, user, send } = await mailerWithFile()
  writeFileSync(file, `${provider.auth.pass}\n`)
  await send()
  provider.setSecret(user, 'another password')
  writeFileSync(file, 'another password\n')
  await send()
  expect(provider.logins.map(({ ok }) => ok)).toEqual([true, true])
})

it('fails without a login if it cannot be read, and says why', async () => {
  const { provider, file, send } = await mailerWithFile()
  await expect(send()).rejects.toMatchObject({
    code: 'auth-secret-missing',
    message: expect.stringContaining(`The password file ${file} cannot be read (ENOENT).`),
    advice: expect.stringContaining('Check SMTP_PASS_FILE'),
  })
  expect(provider.logins).toEqual([])
})
