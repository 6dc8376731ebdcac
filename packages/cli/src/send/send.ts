import { type Dial, format, isSameEndpoint, isSenderAddress, planEndpoints, type SmtpSettings } from '@postern/core'
import { createTransport, type CreateTransportOptions, DeliveryError, type Transporter } from '@postern/nodemailer'
import type { SMTPTransportGetSocket } from 'nodemailer/lib/smtp-transport'
import type { Command, Invocation } from '../command.ts'
import { localAddressOf, senderOf, timeoutOf } from '../connection-options.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { SendReport } from '../json-output.ts'
import { loadSettings } from '../load-settings.ts'
import { Output, type Style } from '../output.ts'
import { endpointName } from '../rows.ts'
import { UsageError } from '../usage-error.ts'
import { dialogueLogger } from './dialogue-logger.ts'

/** `postern send`: sends a test message, and prints the dialogue. */
export const send: Command = async (invocation) => {
  const { options, io } = invocation
  const out = new Output(io.stdout, io)
  const isText = options.format !== 'json'
  const to = recipientOf(options)
  const connection = { deadline: timeoutOf(options) ?? 30_000, localAddress: localAddressOf(options) }
  const sender = senderOf(options)
  const { settings, user } = await loadSettings(invocation, new Output(io.stderr, io), { login: 'with-user', checkUser: (login) => senderFor(login, sender) })
  const message = { from: senderFor(user, sender), to, ...invocation.texts.testMessage }
  const { exit, sentence, style, facts } = await deliver(settings, connection, message, isText ? out : undefined, invocation)
  if (isText) {
    out.line()
    out.paragraph(sentence, style)
  } else {
    out.json({ version: 1, ok: exit !== exitCode.fails, verdict: sentence, ...facts } satisfies SendReport)
  }
  return exit
}

/** The options that the command line sets. */
type ConnectionOptions = Pick<CreateTransportOptions, 'deadline' | 'localAddress'>

/** How a delivery ended. */
interface Outcome {
  readonly exit: ExitCode
  readonly sentence: string
  readonly style: Style
  /** Further fields of the JSON. */
  readonly facts?: Partial<SendReport>
}

async function deliver(settings: SmtpSettings, connection: ConnectionOptions, message: object, dialogue: Output | undefined, { io, locale, texts }: Invocation): Promise<Outcome> {
  const transport = createTransport(settings, {
    locale,
    ...connection,
    // So that the endpoint is known in the end.
    waitForChoice: true,
    ...(io.dial && { getSocket: getSocketFrom(io.dial) }),
    transactionLog: true,
    logger: dialogue ? dialogueLogger(dialogue) : false,
  })
  const stop = () => transport.close({ force: true })
  io.signal.addEventListener('abort', stop)
  try {
    const { response, messageId } = await transport.sendMail(message)
    return { ...accepted(settings, transport, texts), facts: { response, messageId } }
  } catch (error) {
    if (io.signal.aborted || !DeliveryError.isInstance(error)) throw error
    const { code, delivery, retryable, message, advice } = error
    return { exit: exitCode.fails, sentence: `${message} ${advice}`, style: 'red', facts: { code, delivery, retryable } }
  } finally {
    io.signal.removeEventListener('abort', stop)
    transport.close()
  }
}

/** The same in the form of nodemailer's option. */
function getSocketFrom(dial: Dial): SMTPTransportGetSocket {
  return ({ host, port }, callback) => {
    const dialling = dial({ host: host!, port: Number(port), security: 'starttls' }, AbortSignal.any([]))
    dialling?.then((connection) => callback(null, connection && { connection }), (error: Error) => callback(error))
  }
}

function accepted(settings: SmtpSettings, { endpoint }: Transporter, texts: Invocation['texts']): Outcome {
  const [first] = planEndpoints(settings)
  const isFirst = !first || !endpoint || isSameEndpoint(first, endpoint)
  const sentence = format(texts.verdicts[isFirst ? 'sent' : 'sentOverFallback'], { endpoint: endpointName(endpoint, texts), first: endpointName(first, texts) })
  return isFirst ? { exit: exitCode.fine, sentence, style: 'green' } : { exit: exitCode.warnings, sentence, style: 'yellow' }
}

/** The address of `--from`, otherwise the user name. */
function senderFor(user: string | undefined, from: string | undefined): string {
  const sender = from ?? (user !== undefined && isSenderAddress(user) ? user : undefined)
  if (sender === undefined) throw new UsageError('from-missing')
  return sender
}

function recipientOf({ to }: Invocation['options']): string {
  if (to === undefined || !isSenderAddress(to)) throw new UsageError('to-missing')
  return to
}
