import { once } from 'node:events'
import { type Attempt, type Endpoint, NoUsableEndpointError, type SelectorChange } from '@postern/core'
import { DeliveryError, type Transporter } from '@postern/nodemailer'
import type { MailSetup } from './mail.ts'

export interface Story {
  readonly transport: Transporter
  readonly mail: MailSetup
  readonly log: (line: string) => void
}

/** Sends one message, and tells what happens on the way as it happens. */
export async function tellStory({ transport, mail, log }: Story): Promise<void> {
  const began = Date.now()
  const tell = (what: string) => log(`${((Date.now() - began) / 1000).toFixed(2).padStart(7)} s  ${what}`)
  const onTrying = (endpoint: Endpoint) => tell(`${mail.nameOf(endpoint)} tried.`)
  const onAttempt = ({ endpoint, outcome, failure }: Attempt) => {
    if (failure) tell(`${mail.nameOf(endpoint)} ${outcome === 'overtaken' ? 'still silent' : 'failed'}: ${failure.message}`)
  }
  const onSelected = ({ endpoint }: SelectorChange) => tell(`${mail.nameOf(endpoint)} is used from now on.`)
  transport.on('trying', onTrying).on('attempt', onAttempt).on('selected', onSelected)

  log(`${mail.introduction}\n`)
  tell(`Sending a message to ${mail.to}: looking for a port that works, 587 first.`)
  try {
    const info = await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: 'Hello from Postern',
      text: 'This message found its way.',
    })
    tell(`The server has accepted the message: ${info.response}`)
    // The message did not wait until it was decided which port is used from now on.
    if (!transport.endpoint) await once(transport, 'selected')
  } catch (error) {
    if (!DeliveryError.isInstance(error) && !NoUsableEndpointError.isInstance(error)) throw error
    tell(`Not sent. ${error.message}`)
  } finally {
    transport.off('trying', onTrying).off('attempt', onAttempt).off('selected', onSelected)
  }
}
