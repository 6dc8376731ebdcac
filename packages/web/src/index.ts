export type { Authorize, WebHandler } from './handler.ts'
export { smtpHealth, type SmtpHealthOptions, smtpLiveness } from './health.ts'
export { smtpSettingsCheck, type SmtpSettingsCheckOptions } from './settings-check.ts'
