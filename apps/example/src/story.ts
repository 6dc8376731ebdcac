import { type Attempt, NoUsableEndpointError, type SelectorChange } from '@postern/core'
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
  const tell = (what: string, at = Date.now()) => log(`${((at - began) / 1000).toFixed(2).padStart(7)} s  ${what}`)
  const tellChange = ({ endpoint, attempts }: SelectorChange) => {
    for (const line of attempts.flatMap((attempt) => linesOf(attempt, mail)).sort((a, b) => a.at - b.at)) tell(line.what, line.at)
    tell(`${mail.nameOf(endpoint)} is used from now on.`)
  }
  transport.once('selected', tellChange)

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
  } catch (error) {
    if (!DeliveryError.isInstance(error) && !NoUsableEndpointError.isInstance(error)) throw error
    for (const line of error.attempts.flatMap((attempt) => linesOf(attempt, mail)).sort((a, b) => a.at - b.at)) tell(line.what, line.at)
    tell(`Not sent. ${error.message}`)
  } finally {
    transport.off('selected', tellChange)
  }
}

function linesOf(attempt: Attempt, { nameOf }: MailSetup): { readonly at: number; readonly what: string }[] {
  const { endpoint, failure, startedAt, ms, outcome } = attempt
  const start = startedAt.getTime()
  const name = nameOf(endpoint)
  return [
    { at: start, what: `${name} tried.` },
    ...(failure ? [{ at: start + ms, what: `${name} ${outcome === 'overtaken' ? 'still silent' : 'failed'}: ${failure.message}` }] : []),
  ]
}
