export type { CheckRate } from '@postern/core/http'
export { DeliveryError, type Transporter } from '@postern/nodemailer'
export { type MailerHealthOptions, PosternHealthIndicator } from './health/postern-health-indicator.ts'
export { InjectMailer, InjectMailerService } from './inject-mailer.ts'
export { MailerService } from './mailer-service.ts'
export { PosternOptionsError, type PosternOptionsIssue } from './options-error.ts'
export type {
  PosternModuleAsyncOptions,
  PosternModuleExtras,
  PosternModuleOptions,
  PosternOptionsFactory,
  Startup,
} from './options.ts'
export { PosternModule } from './postern-module.ts'
export { getMailerServiceToken } from './service-token.ts'
export { MailerStartupError } from './startup-error.ts'
export { PosternTestingModule, type PosternTestingOptions } from './testing/postern-testing-module.ts'
export { createRecordingMailer, type RecordedMessage, type RecordingMailer } from './testing/recording-mailer.ts'
export { getMailerToken } from './tokens.ts'
export type {
  HealthRouteSettings,
  LivenessRouteSettings,
  PosternRoutesOptions,
  RouteGuard,
  SettingsCheckRouteSettings,
} from './routes/options.ts'
export { PosternRoutesModule } from './routes/postern-routes-module.ts'
