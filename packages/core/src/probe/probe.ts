import type { Endpoint } from '../endpoint.ts'
import { mayBeClear } from '../cleartext.ts'
import { describeFailure, type Failure } from '../failure/failure.ts'
import { cleartextRefused, type SelectionOptions } from '../selection/options.ts'
import type { LoginSettings, Policy, TlsSettings } from '../settings/settings.ts'
import { DEFAULT_DEADLINE, defaultBudgets } from '../smtp/budgets.ts'
import { defaultClientName } from '../smtp/client-name.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Address } from '../smtp/resolve.ts'
import { Session, SessionFailed, type SessionOptions } from '../smtp/session.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** How to examine an endpoint. */
export interface ProbeOptions extends Omit<SelectionOptions, 'timing'> {
  /** A login to try, once, and only under TLS, with a verified certificate unless `tls` says otherwise. */
  readonly auth?: LoginSettings | undefined
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
  if (options.auth && endpoint.security === 'none' && !mayBeClear({ host: endpoint.host, policy: options.policy })) {
    throw cleartextRefused(endpoint.host)
  }
  const { signal, end } = withDeadline(options.deadline ?? DEFAULT_DEADLINE, options.signal)
  const { addresses } = options
  const sessionOptions: SessionOptions = {
    clientName: options.clientName ?? defaultClientName(),
    tls: options.tls,
    budgets: { ...defaultBudgets, ...options.budgets },
    locale: options.locale ?? 'en',
    signal,
    authMethod: options.authMethod,
    dial: options.dial,
    ...(addresses && { resolve: async () => addresses }),
  }
  const session = new Session(endpoint, sessionOptions)
  try {
    await session.greet()
    await session.secure()
    await session.hello()
    if (options.auth) await session.login(options.auth)
    session.quit()
    return reportOf(session)
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    const failure = (await expectsTls(endpoint, error.failure, sessionOptions)) ?? error.failure
    return reportOf(session, failure)
  } finally {
    end()
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
