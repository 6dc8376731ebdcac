import type { Socket } from 'node:net'
import type { Certificates } from './certificates.ts'
import type { Fault } from './fault.ts'
import { type FaultPlan, faultPlans } from './faults.ts'
import { MailServer, type ServerContext } from './mail-server.ts'
import { type NominalPort, securityOf } from './nominal-port.ts'

/** What happens to connections: refused (`reserved`), never answered (`black-hole`) or accepted. */
export type PortBehavior =
  | { readonly mode: 'reserved' | 'black-hole' }
  | {
      readonly mode: 'listening'
      accept(socket: Socket): void
      /** Destroys every connection accepted so far. */
      destroyConnections(): Promise<void>
    }

/** Creates the behavior of a port: a mail server, changed by the fault if there is one. */
export type CreateBehavior = (port: NominalPort, fault?: Fault) => Promise<PortBehavior>

export function behaviorFactory(context: ServerContext & { readonly certificates: Certificates }): CreateBehavior {
  return async (port, fault) => {
    const plan: FaultPlan = fault ? faultPlans[fault] : {}
    if (plan.mode) return { mode: plan.mode }
    if (plan.onSocket) return socketBehavior(plan.onSocket)

    const certificate = await context.certificates.issue(plan.certificate ?? 'trusted')
    const tls = { minVersion: 'TLSv1.2' as const, ...certificate, ...plan.tls }
    const implicit = (securityOf(port) === 'implicit') !== (plan.swapSecurity ?? false)
    const server = new MailServer(port, { ...plan, implicit, tls }, context)
    return {
      mode: 'listening',
      accept: (socket) => server.accept(socket),
      destroyConnections: () => server.destroyConnections(),
    }
  }
}

/** Accepts connections without a mail server. */
function socketBehavior(onSocket: (socket: Socket) => void): PortBehavior {
  const sockets = new Set<Socket>()
  return {
    mode: 'listening',
    accept(socket) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      onSocket(socket)
    },
    async destroyConnections() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
