import type { JsonSchema } from '@postern/core'

interface ValueSchema {
  readonly anyOf?: readonly ValueSchema[]
  readonly type?: string
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
}

/** Validates what was typed with what the schemas of the form's fields use of JSON Schema. Formats are left to the server. */
export function matchesSchema(schema: JsonSchema, value: string): boolean {
  const { anyOf, type, enum: choices, pattern, minimum = -Infinity, maximum = Infinity } = schema as ValueSchema
  if (type === 'integer') return Number.isInteger(Number(value)) && Number(value) >= minimum && Number(value) <= maximum
  if (type === 'array') return false
  if (choices !== undefined && !choices.includes(value)) return false
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false
  return anyOf === undefined || anyOf.some((one) => matchesSchema(one as JsonSchema, value))
}
