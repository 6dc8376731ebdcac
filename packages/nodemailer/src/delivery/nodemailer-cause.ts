import type { Failure } from '@postern/core'
import type { NodemailerError } from 'nodemailer'
import { isPermanent } from './rejected-error.ts'

/** nodemailer's error code for each kind of failure; the first pattern that matches counts. */
const codes: readonly (readonly [failure: RegExp, code: string])[] = [
  [/^dns-/, 'EDNS'],
  [/^(?:auth-not-offered|auth-)/, 'EAUTH'],
  [/^(?:certificate-|tls-|starttls-)/, 'ETLS'],
  [/^(?:connect-timeout|greeting-timeout|reply-timeout|deadline)$/, 'ETIMEDOUT'],
  [/^(?:connect-refused|network-unreachable)$/, 'ESOCKET'],
  [/^(?:greeting-rejected|not-smtp|ehlo-rejected|protocol-error|reply-too-large)$/, 'EPROTOCOL'],
  [/^(?:sender-rejected|recipient-rejected|envelope-invalid)$/, 'EENVELOPE'],
  [/^message-unreadable$/, 'ESTREAM'],
  [/^message-rejected$/, 'EMESSAGE'],
  [/^aborted$/, 'EABORT'],
]

/** The command that was under way, as nodemailer names it. */
const commands: Readonly<Record<Failure['stage'], string>> = {
  dns: 'CONN',
  connect: 'CONN',
  greeting: 'CONN',
  ehlo: 'EHLO',
  starttls: 'STARTTLS',
  tls: 'CONN',
  auth: 'AUTH',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  message: 'DATA',
  quit: 'QUIT',
}

export function commandOf({ stage, code }: Failure): string {
  return code === 'message-unreadable' || code === 'envelope-invalid' ? 'API' : commands[stage]
}

/**
 * The error that nodemailer would have made, for code that reads `cause.code`. With an underlying error, such as a missing
 * attachment, that one is its cause.
 */
export function nodemailerCauseOf(failure: Failure, response: string | undefined, underlying: Error | undefined): NodemailerError {
  const { code, stage, replyCode, systemCode, message } = failure
  // DATA that was answered with a no is a fault of the envelope in nodemailer.
  const named = stage === 'data' && replyCode !== undefined ? 'EENVELOPE' : codes.find(([pattern]) => pattern.test(code))?.[1]
  return Object.assign(new Error(message, underlying && { cause: underlying }), {
    code: named ?? 'ECONNECTION',
    command: commandOf(failure),
    ...(systemCode !== undefined && { originalCode: systemCode }),
    ...(replyCode !== undefined && { responseCode: replyCode, permanent: isPermanent(replyCode) }),
    ...(response !== undefined && { response }),
  }) as NodemailerError
}
