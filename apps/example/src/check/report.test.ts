import { startProvider, type Provider } from '@postern/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { linesOf } from '../../test/lines-of.ts'
import { unusedMail } from '../../test/mail-setup.ts'
import { report } from './report.ts'

let provider: Provider
beforeEach(async () => {
  provider = await startProvider({ faults: { 587: 'refuse' } })
})
afterEach(() => provider.close())

async function reportLines(env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  return await linesOf(report({ mail: { ...unusedMail, settings: provider.settings }, env, locale: 'en' }))
}

it('lists what is wrong, the plan and the ports, and sends no message', async () => {
  const lines = await reportLines({ SMTP_HOST: provider.host, SMTP_PASS: provider.auth.pass })
  const { 587: refused, 2525: open, 465: implicit } = provider.ports
  expect(lines).toContain('Set by environment variables: SMTP_HOST (host), SMTP_PASS (auth.pass)')
  expect(lines).toContain(`  ${refused}: The server 127.0.0.1:${refused} refused the connection.`)
  expect(lines).toContainEqual(expect.stringMatching(`^  ${open}: works. TLSv1.3, certificate sha256:[0-9a-f]{64}, \\d+ days left.$`))
  expect(lines).toContainEqual(expect.stringContaining(`  ${implicit}, implicit: `))
  expect(lines.at(-1)).toBe(`A message would go over ${open}. Tried: ${refused}, ${open}.`)
  expect(lines.join('\n')).not.toContain(provider.auth.pass)
  expect(provider.messages).toEqual([])
})

it('says that the server does not accept the sender', async () => {
  await provider.fault(2525, 'sender-rejected')
  expect((await reportLines()).join('\n')).toContain('did not accept the sender (550 5.1.8).')
})

it('shows the certificate of a port that is not trusted, for SMTP_TLS_FINGERPRINTS', async () => {
  await provider.fault(2525, 'bad-certificate')
  expect(await reportLines()).toContainEqual(expect.stringMatching(`^  ${provider.ports[2525]}: .*certificate sha256:[0-9a-f]{64}`))
})
