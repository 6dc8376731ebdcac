import { createDashboard, type Dashboard } from '@postern/dashboard'
import type { Transporter } from '@postern/nodemailer'
import { isLoopbackHost } from './loopback-host.ts'
import type { MailSetup } from './mail-setup.ts'

/** The dashboard of outgoing mail. The app listens on loopback only, so it is for everybody who reaches it under a name of this machine. */
export function dashboardFor(transport: Transporter, { check, from, to }: MailSetup): Dashboard {
  return createDashboard(transport, {
    authorize: ({ headers }) => isLoopbackHost(headers.get('host') ?? undefined),
    settingsCheck: check,
    testMessage: { from, to },
  })
}
