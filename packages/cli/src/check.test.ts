import { describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'

describe('postern check', () => {
  it.each<[code: number, what: string, args: string[], env: NodeJS.ProcessEnv, output: RegExp]>([
    [0, 'fine settings', ['smtp.example.com'], {}, /^ +587 STARTTLS +used +\S[^]*^The settings are fine\.$/m],
    [0, 'the server of an e-mail address', ['ada@gmail.com'], {}, /^ +2525 STARTTLS +not used +.*Gmail/m],
    [1, 'settings with warnings', [], { SMTP_HOST: 'smtp.example.com' }, /^auth-missing +warning +\S[^]*^The settings have warnings\.$/m],
    [2, 'settings with errors', ['smtp://smtp.example.com:587?security=none'], {}, /^cleartext +error/m],
    [2, 'invalid variables', [], { SMTP_HOST: 'smtp.example.com', SMTP_SECURITY: 'yes' }, /^SMTP_SECURITY +error/m],
    [64, 'nothing', [], {}, /^$/],
  ])('ends with %i for %s', async (code, _what, args, env, output) => {
    const result = await runCommand(['check', ...args], { env })
    expect(result.stdout).toMatch(output)
    expect(result.code).toBe(code)
  })

  it('names itself if there is no server', async () => {
    expect((await runCommand(['check'])).stderr).toContain('Write postern check smtp.example.com')
  })

  it('is JSON, with the findings of the settings check', async () => {
    const { stdout } = await runCommand(['check', 'smtp.example.com:465', '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      ok: true,
      status: 'pass',
      findings: [{ code: 'port-465-legacy', severity: 'info' }],
      plan: expect.arrayContaining([expect.objectContaining({ port: 465, included: true }), expect.objectContaining({ port: 587, included: false })]) as unknown,
    })
  })

  it('has no secret in any output', async () => {
    for (const format of ['text', 'json']) {
      const { stdout, stderr } = await runCommand(['check', 'smtp://ada:hunter2@smtp.example.com:465', '--format', format])
      expect(stdout + stderr).not.toContain('hunter2')
      expect(stderr).toContain('Warning: the password is on the command line')
    }
  })
})

describe('postern ports', () => {
  it('explains the four ports', async () => {
    const { code, stdout } = await runCommand(['ports'])
    expect(code).toBe(0)
    expect(stdout.match(/^\d+/gm)).toEqual(['587', '2525', '465', '25'])
  })

  it('explains one port, with its history and the standards', async () => {
    const { stdout } = await runCommand(['ports', '465', '--lang', 'fr'])
    expect(stdout).toMatch(/^465 +TLS implicite +.*1990/)
    expect(stdout).toContain('RFC 8314 §3.3')
  })

  it('is JSON', async () => {
    const { stdout } = await runCommand(['ports', '587', '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject([{ port: 587, security: 'starttls', registered: 'submission' }])
  })
})
