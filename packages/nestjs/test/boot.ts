import { type DynamicModule, type INestApplicationContext, type LoggerService, type Provider } from '@nestjs/common'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { afterEach } from 'vitest'

/** What a test starts, to be ended after it whatever happens. */
const running: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.close()
})

export function endAfterTest<T extends { close(): Promise<unknown> }>(one: T): T {
  running.push(one)
  return one
}

export interface Parts {
  readonly imports: readonly (DynamicModule | Promise<DynamicModule> | (new (...args: never[]) => unknown))[]
  readonly providers?: readonly Provider[]
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder
  readonly log?: Log
}

/** Boots an app of these parts. */
export async function boot({
  imports,
  providers = [],
  override = (builder) => builder,
  log,
}: Parts): Promise<INestApplicationContext> {
  const builder = Test.createTestingModule({ imports: [...imports] as DynamicModule[], providers: [...providers] })
  const compiled = await override(builder)
    .setLogger(log ?? silent)
    .compile()
  // Nest 11 fails to close what it failed to start.
  return endAfterTest(await compiled.init())
}

/** A logger that keeps what it is told, and lets a test wait for it. */
export class Log implements LoggerService {
  readonly lines: string[] = []
  readonly #waiting = new Set<() => void>()

  readonly log = (message: string) => this.#note('log', message)
  readonly warn = (message: string) => this.#note('warn', message)
  readonly error = (message: string) => this.#note('error', message)

  /** The first line that matches, at once or when it comes. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #note(level: string, message: string): void {
    this.lines.push(`${level}: ${message}`)
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

const nothing = () => {}
const silent: LoggerService = { log: nothing, warn: nothing, error: nothing }
