import * as z from 'zod/mini'
import { isClientName } from '../client-name.ts'
import { canonicalFingerprint, MOST_FINGERPRINTS } from './fingerprint.ts'
import { certificateText, isHost, LONGEST_TEXT, printable } from './formats.ts'
import type { IssueCode } from './issue.ts'
import { nodeTlsNames } from './node-tls.ts'

/** One issue that the schema found. */
export interface SchemaIssue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  /** A code of `texts.issues`, or a message of zod. */
  readonly message: string
  /** The unknown names, for the code `unrecognized_keys`. */
  readonly keys?: readonly string[]
}

/** The part of zod that is used. Zod's types must not appear in declarations, because users of this package do not install zod. */
interface SettingsSchema {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } }
}

let made: SettingsSchema | undefined

/** The schema of the canonical settings. Created on first use, because that takes some milliseconds and most settings do not need it. */
export function settingsSchema(): SettingsSchema {
  return (made ??= make())
}

/** The messages are codes; `describeIssue` has the sentences. */
function says(code: IssueCode): IssueCode {
  return code
}

function make() {
  const isPort = says('port')
  const port = z.number(isPort).check(z.int(isPort), z.gte(1, isPort), z.lte(65_535, isPort))
  const security = z.enum(['starttls', 'implicit', 'none'], says('security'))
  const host = z.string(says('host')).check(z.refine(isHost, says('host')))
  const boolean = z.boolean(says('boolean'))

  const secret = (code: IssueCode) => z.optional(z.union([text(code), z.instanceof(Function)], code))
  const auth = z
    .strictObject({ user: text('user'), pass: secret('pass'), accessToken: secret('access-token') }, says('auth'))
    .check(z.refine(({ pass, accessToken }) => (pass === undefined) !== (accessToken === undefined), says('auth')))

  /** PEM is the only text that may have line breaks. */
  const certificate = z.union([z.string().check(z.regex(certificateText)), z.instanceof(Uint8Array)])

  const version = z.optional(z.enum(['TLSv1.2', 'TLSv1.3'], says('tls-version')))
  const tls = z.strictObject({
    // Node validates these (see nodeTlsFault).
    ...Object.fromEntries(nodeTlsNames.map((name) => [name, z.optional(z.unknown())])),
    ciphers: z.optional(z.string().check(z.regex(/^(?!.*@SECLEVEL=0)/i, says('ciphers')))),
    minDHSize: z.optional(z.number().check(z.gte(1024))),
    checkServerIdentity: z.optional(z.instanceof(Function)),
    ca: z.optional(z.union([certificate, z.array(certificate)], says('certificate'))),
    fingerprints: z.optional(
      z
        .array(z.string(says('fingerprint')).check(z.regex(canonicalFingerprint, says('fingerprint'))), says('fingerprints'))
        .check(z.minLength(1, says('fingerprints')), z.maxLength(MOST_FINGERPRINTS, says('fingerprints'))),
    ),
    servername: z.optional(host),
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: z.optional(boolean),
  })

  const policy = z.strictObject({
    implicitTls: z.optional(z.enum(['never', 'last-resort', 'first'], says('implicit-tls'))),
    allowPort25: z.optional(boolean),
    allowCleartext: z.optional(z.enum(['never', 'loopback', 'always'], says('allow-cleartext'))),
  })

  const isList = says('candidates')
  return z.strictObject(
    {
      host,
      port: z.optional(port),
      security: z.optional(security),
      auth: z.optional(auth),
      tls: z.optional(tls),
      clientName: z.optional(z.string(says('client-name')).check(z.refine(isClientName, says('client-name')))),
      candidates: z.optional(z.array(z.strictObject({ port, security }), isList).check(z.minLength(1, isList), z.maxLength(16, isList))),
      policy: z.optional(policy),
    },
    says('settings'),
  )
}

function text(code: IssueCode) {
  return z.string(code).check(z.minLength(1, code), z.maxLength(LONGEST_TEXT, says('too-long')), z.regex(printable, code))
}
