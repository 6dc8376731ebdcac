import { type DynamicModule, type INestApplicationContext, type LoggerService, type Provider } from '@nestjs/common'
import { Test, type TestingModuleBuilder } from '@nestjs/testing'
import { afterEach } from 'vitest'

/** Resources to close after the test. */
const running: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const resource of running.splice(0).toReversed()) await resource.close()
})

export function closeAfterTest<T extends { close(): Promise<unknown> }>(resource: T): T {
  running.push(resource)
  return resource
}

export interface AppParts {
  readonly imports: readonly (DynamicModule | Promise<DynamicModule> | (new (...args: never[]) => unknown))[]
  readonly providers?: readonly Provider[]
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder
  readonly log?: RecordingLogger
}

/** Boots an app. */
export async function boot({
  imports,
  providers = [],
  override = (builder) => builder,
  log,
}: AppParts): Promise<INestApplicationContext> {
  const builder = Test.createTestingModule({ imports: [...imports] as DynamicModule[], providers: [...providers] })
  const compiled = await override(builder)
    .setLogger(log ?? silent)
    .compile()
  // Registered after init: Nest 11 cannot close an app whose init failed.
  return closeAfterTest(await compiled.init())
}

/** A logger that records lines and lets a test wait for one. */
export class RecordingLogger implements LoggerService {
  readonly lines: string[] = []
  readonly #waiting = new Set<() => void>()

  readonly log = (message: string) => this.#record('log', message)
  readonly warn = (message: string) => this.#record('warn', message)
  readonly error = (message: string) => this.#record('error', message)

  /** Resolves with the first line that matches, now or later. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  #record(level: string, message: string): void {
    this.lines.push(`${level}: ${message}`)
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

const nothing = () => {}
const silent: LoggerService = { log: nothing, warn: nothing, error: nothing }
