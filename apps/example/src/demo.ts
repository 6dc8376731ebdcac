import { once } from 'node:events'
import { type Attempt, type Endpoint, NoUsableEndpointError, type SelectorChange } from '@postern/core'
import { DeliveryError, type Transporter } from '@postern/nodemailer'
import type { MailSetup } from './mail-setup.ts'
import { senderCheckOf } from './sender-check.ts'

export interface DemoOptions {
  readonly transport: Transporter
  readonly mail: MailSetup
  readonly log: (line: string) => void
}

/** Sends one message and logs each step as it happens. Your own server is asked first whether it accepts the login and the sender. */
export async function runDemo({ transport, mail, log }: DemoOptions): Promise<void> {
  const startedAt = Date.now()
  const logStep = (text: string) => log(`${((Date.now() - startedAt) / 1000).toFixed(2).padStart(7)} s  ${text}`)
  const onConnecting = ({ port }: Endpoint) => logStep(`Trying ${port}.`)
  const onAttempt = ({ endpoint, outcome, failure }: Attempt) => {
    if (failure) logStep(`${endpoint.port} ${outcome === 'superseded' ? 'has not answered' : 'failed'}: ${failure.message}`)
  }
  const onSelected = ({ endpoint }: SelectorChange) => logStep(`${endpoint.port} is used from now on.`)
  transport.on('connecting', onConnecting).on('attempt', onAttempt).on('selected', onSelected)

  log(`${mail.introduction}\n`)
  logStep(`Sending a message to ${mail.to}: looking for a port that works, 587 first.`)
  try {
    // With the embedded provider, the first message shows how the port is found.
    if (!mail.embedded) await transport.ready({ checkSender: senderCheckOf(mail) })
    const info = await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: 'Hello from Postern',
      text: 'It works.',
    })
    logStep(`The server has accepted the message: ${info.response}`)
    // A message may be sent before the endpoint for later messages is selected.
    if (!transport.endpoint) await once(transport, 'selected')
  } catch (error) {
    if (!DeliveryError.isInstance(error) && !NoUsableEndpointError.isInstance(error)) throw error
    logStep(`Not sent. ${error.message} ${error.advice}`)
  } finally {
    transport.off('connecting', onConnecting).off('attempt', onAttempt).off('selected', onSelected)
  }
}
