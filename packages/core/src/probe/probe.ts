import type { Endpoint } from '../endpoint.ts'
import { mayBeClear } from '../cleartext.ts'
import { cleartextRefused, type SelectionOptions } from '../selection/options.ts'
import type { Credentials, Policy, TlsSettings } from '../settings/settings.ts'
import { DEFAULT_DEADLINE, defaultBudgets } from '../smtp/budgets.ts'
import { defaultClientName } from '../smtp/client-name.ts'
import { withDeadline } from '../smtp/deadline.ts'
import type { Address } from '../smtp/resolve.ts'
import { Session, SessionFailed, type SessionOptions } from '../smtp/session.ts'
import { watchOtherWay } from './other-way.ts'
import { type ProbeReport, reportOf } from './report.ts'

/** How to examine an endpoint. */
export interface ProbeOptions extends Omit<SelectionOptions, 'timing'> {
  /** A login to try, once, and only under TLS, with a verified certificate unless `tls` says otherwise. */
  readonly auth?: Credentials | undefined
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
    dial: options.dial,
    ...(addresses && { resolve: async () => addresses }),
  }
  const session = new Session(endpoint, sessionOptions)
  const otherWay = watchOtherWay(session, sessionOptions)
  try {
    await session.greet()
    await session.secure()
    await session.hello()
    if (options.auth) await session.login(options.auth)
    session.quit()
    return reportOf(session)
  } catch (error) {
    if (!(error instanceof SessionFailed)) throw error
    return reportOf(session, await otherWay.explain(error.failure))
  } finally {
    end()
    await otherWay.end()
  }
}
