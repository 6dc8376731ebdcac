import type { Endpoint } from '../endpoint.ts'
import { mayBeClear } from '../cleartext.ts'
import { describeFailure, type Failure } from '../failure/failure.ts'
import { cleartextRefused, resolveOptions, type SelectionOptions } from '../selection/options.ts'
import type { LoginSettings, Policy, TlsSettings } from '../settings/settings.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Address } from '../smtp/resolve.ts'
import { Session, SessionFailed, type SessionOptions } from '../smtp/session.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** How to examine an endpoint. */
export interface ProbeOptions extends Omit<SelectionOptions, 'timing'> {
  /** A login to try, once, and only under TLS, with a verified certificate unless `tls` says otherwise. */
  readonly auth?: LoginSettings | undefined
  /** `false`: it is only seen to that this login could be made, and nothing of it is sent. @default true */
  readonly login?: boolean | undefined
  /** How TLS is spoken. */
  readonly tls?: TlsSettings | undefined
  /** For which hosts a login may cross a connection with `security: 'none'`: by default, this machine alone. */
  readonly policy?: Pick<Policy, 'allowCleartext'> | undefined
  /** The addresses of the host where they are known already: no other is connected to. */
  readonly addresses?: readonly Address[] | undefined
  /** The EHLO name. @default this machine's own where that is a full domain name, else `[127.0.0.1]` */
  readonly clientName?: string | undefined
}

/**
 * Examines one endpoint the way a client would use it: DNS, connect, greeting, EHLO, STARTTLS, TLS, EHLO, the login if
 * there is one, QUIT. Each stage is timed and bounded.
 *
 * @returns the report, also when the network fails: it never rejects for that
 * @throws SettingsError for a login on an unencrypted connection to another machine
 * @example
 * const { ok, failure } = await probe({ host: 'smtp.example.com', port: 587, security: 'starttls' })
 * if (!ok) throw new Error(`${failure?.message} ${failure?.advice}`)
 */
export async function probe(endpoint: Endpoint, options: ProbeOptions = {}): Promise<ProbeReport> {
  const { host } = endpoint
  const { auth, login = true, policy, addresses } = options
  if (auth && login && endpoint.security === 'none' && !mayBeClear({ host, policy })) throw cleartextRefused(host)
  const { deadline, session } = resolveOptions({ ...options, host }, options)
  const { signal, end } = withDeadline(deadline, options.signal)
  try {
    return await examine(endpoint, { ...session(signal), ...(addresses && { resolve: async () => addresses }) }, login)
  } finally {
    end()
  }
}

/** A probe within the bounds of whoever makes it. */
export async function examine(endpoint: Endpoint, options: SessionOptions, login: boolean): Promise<ProbeReport> {
  const session = new Session(endpoint, options)
  try {
    await session.greet()
    await session.secure()
    await session.prove(login)
    session.quit()
    return reportOf(session)
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    return reportOf(session, (await expectsTls(endpoint, error.failure, options)) ?? error.failure)
  }
}

/**
 * A port that expects TLS says nothing to those who wait for a greeting, or just closes: the bytes do not tell it from a
 * port that is broken. TLS on a second connection does.
 */
async function expectsTls(endpoint: Endpoint, { code, stage }: Failure, options: SessionOptions): Promise<Failure | undefined> {
  const unclear = endpoint.security !== 'implicit' && stage === 'greeting' && (code === 'greeting-timeout' || code === 'connection-lost')
  if (!unclear) return undefined
  const session = new Session({ ...endpoint, security: 'implicit' }, options)
  const failure = await session.greet().then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof SessionFailed) return error.failure
      throw error
    },
  )
  session.destroy()
  // A certificate that is refused was shown: there is TLS. So there is when only the greeting under it fails.
  const spokeTls = !failure || failure.stage === 'greeting' || failure.code.startsWith('certificate-') || failure.code === 'tls-version'
  return spokeTls ? describeFailure({ code: 'tls-expected', stage }, endpoint, options.locale) : undefined
}
