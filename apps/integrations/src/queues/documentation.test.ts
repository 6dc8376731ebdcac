import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const page = read('../../../../docs/queues.md')
const blocks = [...page.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code)

it.each(['bullmq', 'pg-boss', 'inngest', 'trigger-dev'])('the recipe in docs/queues.md is the tested code: %s', (name) => {
  expect(blocks).toContain(read(`${name}.ts`))
})

it('has no other code', () => {
  expect(blocks).toHaveLength(4)
})

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}
