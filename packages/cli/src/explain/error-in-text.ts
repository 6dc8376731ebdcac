/** The fields of an error of nodemailer or Node, as far as its text has them. `diagnose` of core reads them. */
export interface ErrorInText {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
  readonly timeoutType?: string
}

/** Replies of 4yz and 5yz that exist (RFC 5321, RFC 4954, RFC 7504), and no port: 465 and 587 are none. */
const replyCode = '(?:4[235]\\d|5[0-57]\\d)'
/** Where a reply starts: a line, after a sign of a dialogue, a colon, or an opening quote or bracket. */
const replyStart = '(?<=^[ \\t]*|: |> |<- |[\'"`\u2018\u201C\u00AB([{<])'
/** Elsewhere a number is a reply if an enhanced code follows (RFC 3463). "500 ms" is a time. */
const replyPattern = new RegExp(`${replyStart}${replyCode}(?=[ -](?!(?:m?s|seconds)\\b)|$)|(?<![\\d.:])${replyCode}(?=[ -][45]\\.\\d{1,3}\\.\\d{1,3}\\b)`, 'm')

/** What an error says without a code of its own. */
const phrases: readonly (readonly [text: RegExp, error: ErrorInText])[] = [
  [/wrong version number/i, { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }],
  [/self[- ]signed certificate/i, { code: 'SELF_SIGNED_CERT_IN_CHAIN' }],
  [/unable to (?:verify the first|get local issuer) certificate/i, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }],
  [/certificate has expired/i, { code: 'CERT_HAS_EXPIRED' }],
  [/does not match certificate's altnames/i, { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
  [/unsupported protocol|alert protocol version/i, { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }],
  [/greeting never received/i, { code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' }],
  [/connection timeout/i, { code: 'ETIMEDOUT', timeoutType: 'CONNECT_TIMEOUT' }],
]

/** Codes of Node, OpenSSL and nodemailer. */
const codePattern = /\b(?:E[A-Z][A-Z_]{2,}|ERR_[A-Z_]+|CERT_[A-Z_]+|[A-Z_]*SELF_SIGNED[A-Z_]*|UNABLE_TO_[A-Z_]+)\b/g
/** Words of SMTP that look like them. */
const words: ReadonlySet<string> = new Set(['EHLO', 'ESMTP', 'ESMTPS', 'ESMTPSA', 'ETRN', 'EXPN', 'ENHANCEDSTATUSCODES'])

/** Which command a reply answers: by nodemailer's field, by the reply code, by words. The first match counts. */
const commands: readonly (readonly [text: RegExp, command: string])[] = [
  [/command:\s*["']AUTH|^(?:432|454|53[4-8])|invalid login/i, 'AUTH'],
  [/command:\s*["']MAIL|^530|mail command failed|\bsender\b|MAIL FROM/i, 'MAIL FROM'],
  [/command:\s*["']RCPT|^55[013]|recipient|mailbox|user unknown|relay|RCPT TO/i, 'RCPT TO'],
  [/authenticat|password|\blogin\b|\bAUTH\b/i, 'AUTH'],
  [/EHLO|HELO/i, 'EHLO'],
]

/**
 * Finds errors in a pasted text: a reply of a server, the words of Node and OpenSSL, and codes.
 *
 * @returns the most telling one first
 */
export function errorsInText(text: string): readonly ErrorInText[] {
  const reply = replyPattern.exec(text)
  const codes = [...text.matchAll(codePattern)].map(([code]) => code).filter((code) => !words.has(code))
  return [
    ...(reply ? [replyError(text, reply.index)] : []),
    ...phrases.filter(([pattern]) => pattern.test(text)).map(([, error]) => error),
    ...codes.map((code) => ({ code })),
  ]
}

function replyError(text: string, start: number): ErrorInText {
  const response = text.slice(start)
  const command = commands.find(([pattern]) => pattern.test(response) || pattern.test(text))?.[1] ?? 'DATA'
  return { command, response, responseCode: Number(response.slice(0, 3)) }
}
