import * as z from 'zod/mini'
import { isClientName } from '../client-name.ts'
import { canonicalFingerprint, MOST_FINGERPRINTS } from './fingerprint.ts'
import { certificateText, isHost, LONGEST_TEXT, printable } from './formats.ts'
import { nodeTlsNames } from './node-tls.ts'

/** One issue that the schema found. */
export interface SchemaIssue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
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

function make() {
  const port = z
    .number('should be a port number from 1 to 65535.')
    .check(z.int('should be a whole number from 1 to 65535.'), z.gte(1, rangeOfPort()), z.lte(65_535, rangeOfPort()))

  const security = z.enum(['starttls', 'implicit', 'none'], 'should be "starttls", "implicit" or "none".')

  const host = z
    .string('should be the name or address of the mail server, such as smtp.example.com.')
    .check(z.refine(isHost, 'should be a host name or an IP address alone, such as smtp.example.com: no scheme, path or spaces.'))

  const user = text('the user name')
  const secret = (what: string) => z.optional(z.union([text(what), z.instanceof(Function)], `should be ${what}, or a function that gives it.`))
  const auth = z
    .strictObject(
      { user, pass: secret('the password'), accessToken: secret('an OAuth2 access token') },
      'should have "user" with either "pass" or "accessToken".',
    )
    .check(
      z.refine(
        ({ pass, accessToken }) => (pass === undefined) !== (accessToken === undefined),
        'should have "user" with either "pass" or "accessToken", one of the two.',
      ),
    )

  /** PEM is the only text that may have line breaks. */
  const certificate = z.union([
    z.string().check(z.regex(certificateText)),
    z.instanceof(Uint8Array),
  ])

  const version = z.optional(z.enum(['TLSv1.2', 'TLSv1.3'], 'should be "TLSv1.2" or "TLSv1.3".'))
  const tls = z.strictObject({
    // Node validates these (see nodeTlsFault).
    ...Object.fromEntries(nodeTlsNames.map((name) => [name, z.optional(z.unknown())])),
    ciphers: z.optional(z.string().check(z.regex(/^(?!.*@SECLEVEL=0)/i, 'may not have @SECLEVEL=0.'))),
    minDHSize: z.optional(z.number().check(z.gte(1024))),
    checkServerIdentity: z.optional(z.instanceof(Function)),
    ca: z.optional(z.union([certificate, z.array(certificate)], 'should be one or more certificates in PEM.')),
    fingerprints: z.optional(
      z
        .array(
          z.string('should be a text.').check(z.regex(canonicalFingerprint, 'should be "sha256:" and 64 hexadecimal digits.')),
          'should be a list of SHA-256 fingerprints.',
        )
        .check(z.minLength(1, 'should have at least one fingerprint.'), z.maxLength(MOST_FINGERPRINTS, 'should have at most 16 fingerprints.')),
    ),
    servername: z.optional(host),
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: z.optional(z.boolean('should be true or false.')),
  })

  const policy = z.strictObject({
    implicitTls: z.optional(z.enum(['never', 'last-resort', 'first'], 'should be "never", "last-resort" or "first".')),
    allowPort25: z.optional(z.boolean('should be true or false.')),
    allowCleartext: z.optional(z.enum(['never', 'loopback', 'always'], 'should be "never", "loopback" or "always".')),
  })

  return z.strictObject(
    {
      host,
      port: z.optional(port),
      security: z.optional(security),
      auth: z.optional(auth),
      tls: z.optional(tls),
      clientName: z.optional(
        z
          .string('should be the full name of this machine, such as app.example.com.')
          .check(z.refine(isClientName, 'should be a full domain name such as app.example.com, or an address in brackets.')),
      ),
      candidates: z.optional(
        z
          .array(z.strictObject({ port, security }), 'should be a list of ports, each with its security.')
          .check(z.minLength(1, 'should name at least one port.'), z.maxLength(16, 'should name at most 16 ports.')),
      ),
      policy: z.optional(policy),
    },
    'should be an object with at least "host", or an smtp:// URL.',
  )
}

function rangeOfPort(): string {
  return 'should be a port number from 1 to 65535.'
}

function text(what: string) {
  return z.string(`should be ${what}.`).check(
    z.minLength(1, `should be ${what}, and is empty.`),
    z.maxLength(LONGEST_TEXT, `should be ${what}, and is far too long.`),
    z.regex(printable, `should be ${what}, without control characters or line breaks.`),
  )
}
