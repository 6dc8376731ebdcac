import { HealthIndicatorService } from '@nestjs/terminus'

/** Whether the Terminus at hand knows a state between up and down: 11 does not. */
export const hasDegraded = 'degraded' in new HealthIndicatorService().check('any')
