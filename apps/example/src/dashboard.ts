import { createDashboard, type Dashboard } from '@postern/dashboard'
import type { Transporter } from '@postern/nodemailer'
import type { MailSetup } from './mail-setup.ts'

/** The dashboard of outgoing mail. The app listens on loopback only, so every caller may see it. */
export function dashboardFor(transport: Transporter, { check, from, to }: MailSetup): Dashboard {
  return createDashboard(transport, {
    authorize: () => true,
    settingsCheck: check,
    testMessage: { from, to },
  })
}
