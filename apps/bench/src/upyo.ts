import { createMessage } from '@upyo/core'
import { PoolTransport } from '@upyo/pool'
import { SmtpTransport } from '@upyo/smtp'
import type { Sender, Target } from './senders.ts'

/**
 * `@upyo/pool` with its failover strategy, `priority`: 587, then 2525. It upgrades with STARTTLS where that is offered
 * and sends in the clear where it is not: nothing makes it a must. Each transport keeps a pool of five connections.
 */
export function upyoPool(target: Target): Sender {
  const transport = new PoolTransport({
    strategy: 'priority',
    transports: target.ports.map((port, index) => ({
      priority: -index,
      // The newest SMTP transport is older than the pool, which asks for an id.
      transport: Object.assign(new SmtpTransport({
        host: target.host,
        port,
        secure: false,
        auth: target.auth,
        tls: { ca: [target.tls.ca] },
        connectionTimeout: 10_000,
        socketTimeout: 10_000,
      }), { id: `smtp-${port}` }),
    })),
  })
  return {
    async send(subject) {
      const receipt = await transport.send(
        createMessage({ from: target.auth.user, to: target.recipient, subject, content: { text: 'A message of a few words, as apps send them.' } }),
      )
      if (!receipt.successful) throw new Error(receipt.errorMessages.join('; '))
    },
    close: () => void transport[Symbol.asyncDispose](),
  }
}
