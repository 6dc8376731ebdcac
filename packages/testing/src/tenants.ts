import type { Socket } from 'node:net'
import type { Certificates } from './certificates.ts'
import type { Tenant } from './door.ts'
import type { Fault } from './fault.ts'
import { type FaultPlan, faultPlans } from './faults.ts'
import { MailServer, type Premises } from './mail-server.ts'
import { type NominalPort, securityOf } from './nominal-port.ts'

/** Finds the tenant for a port: a mail server in order, or what a fault makes of it. */
export type FindTenant = (port: NominalPort, fault?: Fault) => Promise<Tenant>

/** One for all ports of a provider. */
export function createTenants(premises: Premises & { readonly certificates: Certificates }): FindTenant {
  return async (port, fault) => {
    const plan: FaultPlan = fault ? faultPlans[fault] : {}
    if (plan.occupant) return { occupant: plan.occupant }
    if (plan.onSocket) return withoutMail(plan.onSocket)

    const certificate = await premises.certificates.issue(plan.certificate ?? 'trusted')
    const tls = { minVersion: 'TLSv1.2' as const, ...certificate, ...plan.tls }
    const implicit = (securityOf(port) === 'implicit') !== (plan.swapSecurity ?? false)
    const server = new MailServer(port, { ...plan, implicit, tls }, premises)
    return { occupant: 'listener', accept: (socket) => server.accept(socket), evict: () => server.evict() }
  }
}

function withoutMail(onSocket: (socket: Socket) => void): Tenant {
  const sockets = new Set<Socket>()
  return {
    occupant: 'listener',
    accept(socket) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      onSocket(socket)
    },
    async evict() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
