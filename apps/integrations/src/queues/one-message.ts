import { createTransport, type SendMailOptions, type Transporter } from '@postern/nodemailer'
import { type Fault, startProvider } from '@postern/testing'
import { onTestFinished } from 'vitest'

export const message: SendMailOptions = { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: 'It works.' }

/** The error of a job that sends to a provider with this fault on all ports, and the number of messages that arrived. */
export async function errorOfJob(fault: Fault, send: (mailer: Transporter) => Promise<unknown>): Promise<{ readonly error: unknown; readonly arrived: number }> {
  const provider = await startProvider({ faults: { 587: fault, 2525: fault, 465: fault } })
  const mailer = createTransport(provider.settings)
  onTestFinished(async () => {
    mailer.close()
    await provider.close()
  })
  const error: unknown = await send(mailer).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { error, arrived: provider.messages.length }
}
