import { expect, it } from 'vitest'
import { describeSettingsForm, type FormField } from '@postern/core'
import { matchesSchema } from './matches-schema.ts'

const { fields, advanced } = describeSettingsForm()
const schemas = Object.fromEntries([...fields, ...advanced.fields].map(({ name, schema }) => [name, schema]))

it.each<[FormField['name'], string, boolean]>([
  ['account', 'smtp.example.com', true],
  ['account', 'ada@gmail.com', true],
  ['auth.user', 'ada', true],
  ['port', '587', true],
  ['port', '0', false],
  ['port', '65536', false],
  ['port', '58.7', false],
  ['port', 'smtp', false],
  ['security', 'starttls', true],
  ['security', 'ssl', false],
  ['clientName', 'app.example.com', true],
])('%s: "%s" is valid: %s', (name, value, expected) => {
  expect(matchesSchema(schemas[name]!, value)).toBe(expected)
})
