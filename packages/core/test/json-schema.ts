import { inspect } from 'node:util'
import * as z from 'zod/mini'
import { settingsSchema } from '../src/settings/schema.ts'

type Schema = z.core.JSONSchema.BaseSchema

/** The JSON Schema of the settings, generated from the schema that validates them. */
export function generateJsonSchema(): Schema {
  return z.toJSONSchema(settingsSchema() as unknown as z.core.$ZodType, {
    io: 'input',
    // Functions and binary data have no JSON.
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => {
      const name = path.at(-1)
      if (name === 'host' || name === 'servername') Object.assign(jsonSchema, { minLength: 1, anyOf: hosts })
      else if (jsonSchema.anyOf) jsonSchema.anyOf = jsonSchema.anyOf.filter((one) => Object.keys(one).length > 0)
      if (jsonSchema.anyOf?.length === 1) Object.assign(jsonSchema, { anyOf: undefined, ...jsonSchema.anyOf[0] })
      if (name === 'auth') jsonSchema.oneOf = [{ required: ['pass'] }, { required: ['accessToken'] }]
      delete jsonSchema.properties?.checkServerIdentity
    },
  })
}

/** What `isHost` accepts, in the formats of JSON Schema. */
const hosts: readonly Schema[] = [{ format: 'hostname' }, { format: 'ipv4' }, { format: 'ipv6' }]

/** A module that returns the schema. */
export function moduleOf(schema: Schema): string {
  return `${head}${inspect(schema, { depth: null, breakLength: 140 })} as const\n}\n`
}

const head = `/**
 * The JSON Schema (draft 2020-12) of the settings in their canonical form, as JSON can have them: without functions and binary
 * data. A function, because an object here would be compiled with every import of the package. Generated from the schema that
 * validates settings: \`npx vitest run src/settings/json-schema.test.ts -u\` writes it.
 *
 * @example
 * const { minimum, maximum } = settingsJsonSchema().properties.port // 1, 65535
 */
export function settingsJsonSchema() {
  return `
