import { type Abstract, type DynamicModule, type INestApplication, type Type } from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { closeAfterTest } from './boot.ts'

/** Nest's two HTTP platforms. */
export const platforms: readonly (readonly [name: string, makeAdapter: () => AbstractHttpAdapter])[] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
]

export interface Served {
  readonly url: string
  get<T>(token: Type<T> | Abstract<T> | string): T
}

/** Boots an app and listens on a free port. */
export async function serve(
  adapter: () => AbstractHttpAdapter,
  imports: readonly (Type | DynamicModule)[],
  controllers: readonly Type[] = [],
): Promise<Served> {
  const compiled = await Test.createTestingModule({ imports: [...imports], controllers: [...controllers] }).compile()
  const app: INestApplication = closeAfterTest(compiled.createNestApplication(adapter(), { logger: false }))
  await app.listen(0, '127.0.0.1')
  return { url: await app.getUrl(), get: (token) => app.get(token) }
}
