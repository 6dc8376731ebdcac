import { HealthIndicatorService } from '@nestjs/terminus'

/** Whether the installed Terminus has the state `degraded`: version 11 does not. */
export const hasDegraded = 'degraded' in new HealthIndicatorService().check('any')
