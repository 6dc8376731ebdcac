/**
 * The JSON Schema (draft 2020-12) of the settings in their canonical form, as JSON can have them: without functions and binary
 * data. A function, because an object here would be compiled with every import of the package. Generated from the schema that
 * validates settings: `npx vitest run src/settings/json-schema.test.ts -u` writes it.
 *
 * @example
 * const { minimum, maximum } = settingsJsonSchema().properties.port // 1, 65535
 */
export function settingsJsonSchema() {
  return {
  '$schema': 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    host: { type: 'string', minLength: 1, anyOf: [ { format: 'hostname' }, { format: 'ipv4' }, { format: 'ipv6' } ] },
    port: { type: 'integer', minimum: 1, maximum: 65535 },
    security: { type: 'string', enum: [ 'starttls', 'implicit', 'none' ] },
    auth: {
      type: 'object',
      properties: {
        user: { type: 'string', minLength: 1, maxLength: 65536, pattern: '^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]*$' },
        pass: { type: 'string', minLength: 1, maxLength: 65536, pattern: '^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]*$' },
        accessToken: { type: 'string', minLength: 1, maxLength: 65536, pattern: '^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]*$' }
      },
      required: [ 'user' ],
      additionalProperties: false,
      oneOf: [ { required: [ 'pass' ] }, { required: [ 'accessToken' ] } ]
    },
    tls: {
      type: 'object',
      properties: {
        cert: {},
        key: {},
        pfx: {},
        passphrase: {},
        crl: {},
        ciphers: { type: 'string', pattern: '^(?!.*@SECLEVEL=0)' },
        ecdhCurve: {},
        sigalgs: {},
        honorCipherOrder: {},
        dhparam: {},
        ALPNProtocols: {},
        minDHSize: { type: 'number', minimum: 1024 },
        clientCertEngine: {},
        privateKeyEngine: {},
        privateKeyIdentifier: {},
        allowPartialTrustChain: {},
        ca: {
          anyOf: [
            { type: 'string', pattern: '-----BEGIN [A-Z0-9 ]*CERTIFICATE-----' },
            { type: 'array', items: { type: 'string', pattern: '-----BEGIN [A-Z0-9 ]*CERTIFICATE-----' } }
          ]
        },
        fingerprints: { minItems: 1, maxItems: 16, type: 'array', items: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } },
        servername: { type: 'string', minLength: 1, anyOf: [ { format: 'hostname' }, { format: 'ipv4' }, { format: 'ipv6' } ] },
        minVersion: { type: 'string', enum: [ 'TLSv1.2', 'TLSv1.3' ] },
        maxVersion: { type: 'string', enum: [ 'TLSv1.2', 'TLSv1.3' ] },
        rejectUnauthorized: { type: 'boolean' }
      },
      additionalProperties: false
    },
    clientName: { type: 'string' },
    candidates: {
      minItems: 1,
      maxItems: 16,
      type: 'array',
      items: {
        type: 'object',
        properties: {
          port: { type: 'integer', minimum: 1, maximum: 65535 },
          security: { type: 'string', enum: [ 'starttls', 'implicit', 'none' ] }
        },
        required: [ 'port', 'security' ],
        additionalProperties: false
      }
    },
    policy: {
      type: 'object',
      properties: {
        implicitTls: { type: 'string', enum: [ 'never', 'last-resort', 'first' ] },
        allowPort25: { type: 'boolean' },
        allowCleartext: { type: 'string', enum: [ 'never', 'loopback', 'always' ] }
      },
      additionalProperties: false
    }
  },
  required: [ 'host' ],
  additionalProperties: false
} as const
}
