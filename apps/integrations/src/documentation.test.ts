import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

describe.each([
  ['queues', ['bullmq', 'pg-boss', 'inngest', 'trigger-dev']],
  ['hosts', ['better-auth', 'auth-js', 'adonisjs-mail', 'adonisjs-health', 'medusa', 'payload', 'strapi', 'nest-modules-mailer']],
])('docs/%s.md', (page, recipes) => {
  const blocks = [...read(`../../../docs/${page}.md`).matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code)

  it.each(recipes)('has the tested code: %s', (name) => {
    expect(blocks).toContain(read(`${page}/${name}.ts`))
  })

  it('has no other code', () => {
    expect(blocks).toHaveLength(recipes.length)
  })
})

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
}
