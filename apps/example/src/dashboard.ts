import { createDashboard, type Dashboard, type DashboardMailer } from '@postern/dashboard'
import type { MailSetup } from './mail-setup.ts'

/** The dashboard of one mailer, or of several by name. The app listens on loopback only, so every caller may see it. */
export function dashboardFor(mailers: DashboardMailer | Readonly<Record<string, DashboardMailer>>, { check, from, to }: MailSetup): Dashboard {
  return createDashboard(mailers, {
    authorize: () => true,
    settingsCheck: check,
    testMessage: { from, to },
  })
}
