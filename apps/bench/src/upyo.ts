import { createMessage } from '@upyo/core'
import { PoolTransport } from '@upyo/pool'
import { SmtpTransport } from '@upyo/smtp'
import { mailFor, type Sender, type Target } from './senders.ts'

/**
 * `@upyo/pool` with the failover strategy `priority`: 587, then 2525. STARTTLS is opportunistic and cannot be required. Each
 * transport has a pool of five connections.
 */
export function upyoPool(target: Target): Sender {
  const transport = new PoolTransport({
    strategy: 'priority',
    transports: target.ports.map((port, index) => ({
      priority: -index,
      // The pool requires an id, which the latest SMTP transport does not have yet.
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
      const { text, ...message } = mailFor(target, subject)
      const receipt = await transport.send(createMessage({ ...message, content: { text } }))
      if (!receipt.successful) throw new Error(receipt.errorMessages.join('; '))
    },
    close: () => void transport[Symbol.asyncDispose](),
  }
}
