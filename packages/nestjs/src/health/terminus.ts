import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus'

/** The parts of Terminus 11 and 12 in use. */
export interface IndicatorSession<Key extends string> {
  up(data?: Record<string, unknown>): HealthIndicatorResult<Key>
  down(data?: Record<string, unknown>): HealthIndicatorResult<Key>
  /** Since 12.1. */
  degraded?(data?: Record<string, unknown>): HealthIndicatorResult<Key>
}

/**
 * Creates Terminus' session for one indicator. `@nestjs/terminus` is an optional peer, so it is imported on first use.
 *
 * @throws Error if the app has no `@nestjs/terminus`
 */
export async function sessionFor<Key extends string>(key: Key): Promise<IndicatorSession<Key>> {
  const { HealthIndicatorService } = await terminus()
  return new HealthIndicatorService().check(key) as IndicatorSession<Key>
}

async function terminus(): Promise<{ readonly HealthIndicatorService: typeof HealthIndicatorService }> {
  try {
    return await import('@nestjs/terminus')
  } catch (cause) {
    throw new Error('PosternHealthIndicator needs @nestjs/terminus: npm install @nestjs/terminus', { cause })
  }
}
