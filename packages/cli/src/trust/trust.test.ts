import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSettings, probe, settingsFromEnv } from '@postern/core'
import { startProvider } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { startChainServer } from '../../test/chain-server.ts'
import { runCommand, type RunOptions } from '../../test/run-command.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'postern-cli-'))

/** Runs `postern trust` for a new server with a private authority. */
async function trust(args: readonly string[] = [], options: RunOptions = {}, certificate: Parameters<typeof startChainServer>[0] = {}) {
  const server = await startChainServer(certificate)
  const cwd = newFolder()
  return { cwd, server, ...(await runCommand(['trust', server.url, ...args], { cwd, ...options })) }
}

/** The fingerprints in an output, in their order. */
const fingerprintsIn = (text: string) => [...new Set(text.match(/sha256:[0-9a-f]{64}/g))]

describe('postern trust', () => {
  it('shows the certificates, and the settings that trust the authority', async () => {
    const { code, stdout, stderr, server } = await trust()
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^Certificates of localhost, port \d+ with implicit TLS\n\nserver: localhost\n {2}issued by Example Private CA, valid from [\d-]{10} to [\d-]{10}, 29 days left\n {2}sha256:.*\n\nauthority: Example Private CA\n/)
    expect(stdout).toContain('compare the fingerprint with the one that the operator of the server gives you')
    const [, authority] = fingerprintsIn(stdout)
    expect(stdout).toContain(`\n  SMTP_TLS_FINGERPRINTS=${authority}\n`)
    const { tls } = settingsFromEnv({ SMTP_URL: server.url, SMTP_TLS_FINGERPRINTS: authority })
    expect(await probe({ host: 'localhost', port: Number(new URL(server.url).port), security: 'implicit' }, { tls })).toMatchObject({ ok: true, tls: { verified: true } })
  })

  it('has the languages German and French', async () => {
    expect((await trust(['--lang', 'de'])).stdout).toContain('ausgestellt von Example Private CA, gültig vom ')
    expect((await trust(['--lang', 'fr'])).stdout).toContain('émis par Example Private CA, valable du ')
  })

  it('is JSON', async () => {
    const { code, stdout, server } = await trust(['--format', 'json', '--certificate', 'server'])
    const report = JSON.parse(stdout) as { certificates: { fingerprint: string; pem: string }[] }
    expect(code).toBe(1)
    expect(report).toMatchObject({ version: 1, host: 'localhost', ok: true, trusted: false, code: 'certificate-untrusted', security: 'implicit' })
    expect(report).toMatchObject({ certificates: [{ role: 'server' }, { role: 'authority', pem: expect.stringContaining(server.authority.split('\n')[1]!) as string }] })
    expect(report).toMatchObject({ pin: { certificate: 'server', fingerprint: report.certificates[0]!.fingerprint } })
  })

  it('needs no settings for a certificate that is trusted', async () => {
    const provider = await startProvider()
    const cwd = newFolder()
    writeFileSync(join(cwd, 'ca.pem'), provider.ca)
    const { code, stdout } = await runCommand(['trust', `127.0.0.1:${provider.ports[587]}`, '--ca', 'ca.pem'], { cwd })
    await provider.close()
    expect(code).toBe(0)
    expect(stdout).toMatch(/\nThe certificate of the server is trusted: nothing needs to be set\.\n$/)
    expect(stdout).not.toContain('attacker')
  })

  it.each([
    ['a self-signed certificate', 'bad-certificate'],
    ['a certificate whose authority it does not send', undefined],
  ] as const)('trusts the certificate of a server alone that has %s', async (_what, fault) => {
    const provider = await startProvider(fault && { faults: { 587: fault } })
    const { code, stdout } = await runCommand(['trust', `127.0.0.1:${provider.ports[587]}`], { columns: 80 })
    await provider.close()
    expect(code).toBe(1)
    const [server, ...others] = fingerprintsIn(stdout)
    expect(others).toEqual([])
    expect(stdout).toContain(`SMTP_TLS_FINGERPRINTS=${server}`)
  })

  it('says why trust is not enough', async () => {
    const { code, stdout, cwd } = await trust(['--out', 'ca.pem'], {}, { until: -0.5 })
    expect(code).toBe(2)
    expect(stdout).toMatch(/\nTrusting this certificate is not enough\. The certificate of the server localhost:\d+ has expired\. /)
    expect(() => statSync(join(cwd, 'ca.pem'))).toThrow('ENOENT')
  })

  it('is not deceived by an authority that did not issue the certificate', async () => {
    const { code, stdout } = await trust([], {}, { signer: undefined })
    expect(code).toBe(1)
    // Node does not link it to the certificate of the server, which is self-signed.
    expect(stdout).not.toContain('Example Private CA')
  })

  it('cannot trust an authority that the server does not send', async () => {
    const provider = await startProvider()
    const { code, stderr } = await runCommand(['trust', `127.0.0.1:${provider.ports[587]}`, '--certificate', 'authority'])
    await provider.close()
    expect(code).toBe(64)
    expect(stderr).toContain('The server does not send the certificate of its authority.')
  })

  it('says what is wrong with a server that shows no certificate', async () => {
    const provider = await startProvider({ faults: { 587: 'no-starttls' } })
    const { code, stdout } = await runCommand(['trust', `127.0.0.1:${provider.ports[587]}`])
    await provider.close()
    expect(code).toBe(2)
    expect(stdout).toContain('does not offer STARTTLS')
  })

  it('is interrupted by Ctrl-C while it waits', async () => {
    const provider = await startProvider({ faults: { 587: 'silent' } })
    const interrupt = new AbortController()
    const onWrite = (text: string) => {
      if (text.includes('Waiting for')) setImmediate(() => interrupt.abort())
    }
    const { code, stdout } = await runCommand(['trust', `127.0.0.1:${provider.ports[587]}`], { columns: 80, signal: interrupt.signal, onWrite })
    await provider.close()
    expect(code).toBe(130)
    expect(stdout.endsWith('\r\u001B[2K')).toBe(true)
  })
})

describe('the question', () => {
  it.each([
    ['Enter', '\r', 1],
    ['1', '1', 1],
    ['2', '2', 0],
    ['2, after other keys', 'x9\u001B[A2', 0],
  ])('is answered with %s', async (_what, input, chosen) => {
    const { code, stdout, stderr } = await trust([], { columns: 100, input })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Which certificate should be trusted\?.* \[1\] (?:server|authority)\n$/)
    expect(stdout).toContain(`SMTP_TLS_FINGERPRINTS=${fingerprintsIn(stdout)[chosen]}`)
  })

  it.each([
    ['in a pipe', [], {}],
    ['with --certificate', ['--certificate', 'authority'], { columns: 100 }],
    ['for JSON', ['--format', 'json'], { columns: 100 }],
  ] as const)('is not asked %s', async (_what, args, options) => {
    const { code, stderr } = await trust(args, options)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
  })

  it('ends the command with Ctrl-C, and nothing is written', async () => {
    const { code, cwd } = await trust(['--out', 'ca.pem'], { columns: 100, input: '\u0003' })
    expect(code).toBe(130)
    expect(() => statSync(join(cwd, 'ca.pem'))).toThrow('ENOENT')
  })
})

describe('the file of --out', () => {
  it('has the certificate of the authority, with the settings to use it', async () => {
    const { code, stdout, cwd, server } = await trust(['--out', 'ca.pem'])
    expect(code).toBe(1)
    const ca = readFileSync(join(cwd, 'ca.pem'), 'utf8')
    expect(ca.trim()).toBe(server.authority.trim())
    expect(stdout).toContain("\n  tls: { ca: readFileSync('ca.pem') }\n")
    expect(stdout).toContain('\n  NODE_EXTRA_CA_CERTS=ca.pem\n')
    const { tls } = parseSettings({ host: 'localhost', tls: { ca } })
    expect(await probe({ host: 'localhost', port: Number(new URL(server.url).port), security: 'implicit' }, { tls })).toMatchObject({ ok: true })
  })

  it('has the certificate of the server if that is trusted, which has its fingerprint in the settings', async () => {
    const { stdout, cwd } = await trust(['--out', 'server.pem', '--certificate', 'server'])
    expect(readFileSync(join(cwd, 'server.pem'), 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect(stdout).toContain(`SMTP_TLS_FINGERPRINTS=${fingerprintsIn(stdout)[0]}`)
  })

  it('is not overwritten without --force', async () => {
    const cwd = newFolder()
    const path = join(cwd, 'ca.pem')
    writeFileSync(path, 'mine')
    chmodSync(path, 0o600)
    const refused = await trust(['--out', 'ca.pem'], { cwd })
    expect(refused).toMatchObject({ code: 64, stdout: '' })
    expect(refused.stderr).toContain('The file of --out exists already.')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    await trust(['--out', 'ca.pem', '--force'], { cwd })
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN/)
  })

  it('is refused in a folder that does not exist, before a connection is made', async () => {
    const { code, stdout, stderr } = await trust(['--out', 'none/ca.pem'])
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain('cannot be written (ENOENT)')
  })
})
