import { parseEnv } from 'node:util'
import { type Endpoint, parseSettings, planEndpoints, settingsFromEnv, type SmtpSettings } from '@postern/core'
import { describe, expect, it } from 'vitest'
import { cliTextsFor } from '../text/index.ts'
import { recommend } from './recommendation.ts'

const host = 'smtp.example.com'
const on587: Endpoint = { host, port: 587, security: 'starttls' }
const on465: Endpoint = { host, port: 465, security: 'implicit' }
const on2587: Endpoint = { host, port: 2587, security: 'starttls' }
const auth = { user: "o'hara #1", pass: 'hunter2' }

/** Runs the code of a recommendation, and returns the options that it passes to `createTransport`. */
function evaluate(code: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function('createTransport', 'process', 'readFileSync', `return ${code}`) as (...args: unknown[]) => unknown
  return run((options: unknown) => options, { env: { SMTP_PASS: 'from the environment', SMTP_ACCESS_TOKEN: 'token' } }, (path: string) => `PEM of ${path}`)
}

describe('a recommendation', () => {
  it.each<[what: string, settings: SmtpSettings, best: Endpoint, user: string | undefined, nodemailer: object, ports: number[]]>([
    ['without a login', { host }, on587, undefined, { port: 587, secure: false, requireTLS: true }, [587, 2525, 465]],
    ['for 465', { host }, on465, undefined, { port: 465, secure: true }, [587, 2525, 465]],
    ['for a port beside the ladder', { host }, on2587, undefined, { port: 2587, secure: false, requireTLS: true }, [2587]],
    ['with a password', { host, auth }, on587, auth.user, { auth: { user: auth.user, pass: 'from the environment' } }, [587, 2525, 465]],
    ['with a token', { host, auth: { user: 'ada', accessToken: 'hunter2' } }, on587, 'ada', { auth: { type: 'OAuth2', user: 'ada', accessToken: 'token' } }, [587, 2525, 465]],
    ['with TLS options', { host, tls: { ca: 'x', servername: 'mail.example.com' } }, on587, undefined, { tls: { ca: 'PEM of my ca.pem', servername: 'mail.example.com' } }, [587, 2525, 465]],
  ])('%s can be pasted in each form', (_what, settings, best, user, nodemailer, ports) => {
    const forms = recommend({ settings, best, user, ca: 'my ca.pem' }, cliTextsFor('en'))
    const environment = parseEnv(forms.environment.join('\n').replace('SMTP_PASS=', 'SMTP_PASS=x').replace('SMTP_ACCESS_TOKEN=', 'SMTP_ACCESS_TOKEN=x'))
    const { tls: _, ...own } = evaluate(forms.postern) as { tls?: unknown }
    expect(evaluate(forms.nodemailer)).toMatchObject({ host, ...nodemailer })
    expect(planEndpoints(parseSettings(own)).map(({ port }) => port)).toEqual(ports)
    expect(planEndpoints(settingsFromEnv(environment)).map(({ port }) => port)).toEqual(ports)
    expect(settingsFromEnv(environment).auth?.user).toBe(user)
    expect(JSON.stringify(forms)).not.toContain('hunter2')
  })

  it('has the TLS options in the environment, too', () => {
    const tls = { servername: 'mail.example.com', fingerprints: [`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`], minVersion: 'TLSv1.3' } as const
    const { environment, postern, nodemailer } = recommend({ settings: { host, tls }, best: on587, user: undefined, ca: undefined }, cliTextsFor('en'))
    expect(settingsFromEnv(parseEnv(environment.join('\n'))).tls).toEqual(tls)
    expect(postern).toContain('fingerprints')
    // An option that nodemailer would ignore.
    expect(nodemailer).not.toContain('fingerprints: [')
    expect(nodemailer).toContain('// nodemailer knows no fingerprints')
  })
})
