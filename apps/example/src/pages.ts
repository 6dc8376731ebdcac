import type { Server } from 'node:http'
import { nodeHandler } from '@postern/dashboard/node'
import type { Transporter } from '@postern/nodemailer'
import { dashboardFor } from './dashboard.ts'
import { labFor } from './lab/lab.ts'
import { labRoutes } from './lab/routes.ts'
import { loopbackHostOnly } from './loopback-host.ts'
import type { MailSetup } from './mail-setup.ts'

/** What Express and Nest have in common. */
interface App {
  use(path: string, handler: ReturnType<typeof labRoutes>): unknown
}

/** Mounts the lab at `/` and the dashboard at `/mail`, before all other routes. */
export function mountPages(app: App, server: Pick<Server, 'once'>, transport: Transporter, mail: MailSetup): void {
  const dashboard = dashboardFor(transport, mail)
  server.once('close', dashboard.close)
  app.use('/', loopbackHostOnly)
  app.use('/', labRoutes({ mailer: transport, lab: labFor(mail, transport), dashboard: '/mail/' }))
  app.use('/mail', nodeHandler(dashboard))
}
