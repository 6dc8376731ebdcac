import { createMessage } from '@upyo/core'
import { PoolTransport } from '@upyo/pool'
import { SmtpTransport } from '@upyo/smtp'
import type { Sender, Target } from './senders.ts'

/**
 * `@upyo/pool` with its failover strategy, `priority`: 587, then 2525. It upgrades with STARTTLS where that is offered
 * and sends in the clear where it is not: nothing makes it a must. Each transport keeps a pool of five connections.
 */
export function upyoPool(target: Target, { ports = [587, 2525], connectionTimeout = 10_000 }: { readonly ports?: readonly number[]; readonly connectionTimeout?: number } = {}): Sender {
  const transport = new PoolTransport({
    strategy: 'priority',
    transports: ports.map((port, index) => ({
      priority: -index,
      // The newest SMTP transport is older than the pool, which asks for an id.
      transport: Object.assign(new SmtpTransport({
        host: target.host,
        port: target.realPort(port),
        secure: false,
        auth: target.auth,
        tls: { ca: [target.tls.ca] },
        connectionTimeout,
      }), { id: `smtp-${port}` }),
    })),
  })
  return {
    name: '@upyo/pool',
    async send(subject) {
      const receipt = await transport.send(
        createMessage({ from: target.auth.user, to: target.recipient, subject, content: { text: 'A message of a few words, as apps send them.' } }),
      )
      if (!receipt.successful) throw new Error(receipt.errorMessages.join('; '))
    },
    close: () => void transport[Symbol.asyncDispose](),
  }
}
