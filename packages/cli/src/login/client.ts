import type { Invocation } from '../command.ts'
import { readEnvironment } from '../environment.ts'
import { firstLineOf } from '../read-option-file.ts'
import { UsageError } from '../usage-error.ts'

/** The registration of an app at the provider. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly tenant: string | undefined
}

/** What a login needs of a client. */
export interface ClientNeed {
  /** The start of the names of its variables. */
  readonly prefix: string
  readonly needsSecret: boolean
}

/**
 * Reads the client from the options, otherwise from the environment: `ENTRA_CLIENT_ID`, `ENTRA_TENANT`, `GOOGLE_CLIENT_ID`,
 * `GOOGLE_CLIENT_SECRET`.
 *
 * @throws UsageError if a part is missing
 */
export function readClient({ prefix, needsSecret }: ClientNeed, { options, io }: Invocation): Client {
  const env = readEnvironment(io)
  const clientId = options['client-id'] ?? env[`${prefix}_CLIENT_ID`]
  if (!clientId) throw new UsageError('client-id-missing', { variable: `${prefix}_CLIENT_ID` })
  const clientSecret = firstLineOf('client-secret-file', options, io) ?? env[`${prefix}_CLIENT_SECRET`]
  if (needsSecret && !clientSecret) throw new UsageError('client-secret-missing', { variable: `${prefix}_CLIENT_SECRET` })
  return { clientId, clientSecret, tenant: options.tenant ?? (env[`${prefix}_TENANT`] || undefined) }
}
