import type { Server } from 'node:http'
import { nodeHandler } from '@postern/dashboard/node'
import type { Transporter } from '@postern/nodemailer'
import { dashboardFor } from './dashboard.ts'
import { labFor } from './lab/lab.ts'
import { labRoutes } from './lab/routes.ts'
import type { MailSetup } from './mail-setup.ts'

/** What Express and Nest have in common. */
interface App {
  use(path: string, handler: ReturnType<typeof labRoutes>): unknown
}

/** Mounts the lab at `/` and the dashboard at `/mail`, until the server has closed. */
export function mountPages(app: App, server: Pick<Server, 'once'>, transport: Transporter, mail: MailSetup): void {
  const dashboard = dashboardFor(transport, mail)
  server.once('close', dashboard.close)
  app.use('/', labRoutes({ mailer: transport, lab: labFor(mail, transport), dashboard: '/mail/' }))
  app.use('/mail', nodeHandler(dashboard))
}
