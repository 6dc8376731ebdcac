import { expect, it } from 'vitest'
import { generateJsonSchema, moduleOf } from '../../test/json-schema.ts'

it('is generated from the schema that validates settings', async () => {
  await expect(moduleOf(generateJsonSchema())).toMatchFileSnapshot('json-schema.ts')
})
