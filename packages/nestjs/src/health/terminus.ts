import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus'

/** What is used of Terminus, 11 and 12. */
export interface IndicatorSession<Key extends string> {
  up(data?: Record<string, unknown>): HealthIndicatorResult<Key>
  down(data?: Record<string, unknown>): HealthIndicatorResult<Key>
  /** Since 12.1. */
  degraded?(data?: Record<string, unknown>): HealthIndicatorResult<Key>
}

/**
 * Terminus' own way to say how something is. It is loaded when it is first asked for, as most apps have none.
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
