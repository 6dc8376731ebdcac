import { refusal, type StepContext, type StepHandler } from './step-handler.ts'

/** Sends an error reply. */
export function reply(responseCode: number, text: string): StepHandler {
  return () => refusal(responseCode, text)
}

/** Sends bytes unchanged, and nothing after them. */
export function send(bytes: string): StepHandler {
  return ({ connection }) => {
    connection.write(bytes)
    connection.ignoreInput()
    return 'no-reply'
  }
}

export function flood(bytes: string): StepHandler {
  return ({ connection }) => {
    connection.flood(bytes)
    return 'no-reply'
  }
}

export const drop: StepHandler = ({ connection }) => {
  connection.drop()
  return 'no-reply'
}

/** Never replies, and keeps the connection open. */
export const hang: StepHandler = ({ connection }) => {
  connection.ignoreInput()
  return 'no-reply'
}

/** Holds the usual reply back until the test releases it. */
export const hold: StepHandler = ({ connection, proceed }) => {
  connection.hold(proceed)
  return 'no-reply'
}

/** Sends the usual reply to EHLO, one byte per packet. */
export const drip: StepHandler = ({ connection, next, line }) => {
  const bytes = connection.ehloReply(line)
  const sendFrom = (index: number) => {
    if (index === bytes.length) return next()
    connection.write(bytes.subarray(index, index + 1))
    setImmediate(sendFrom, index + 1)
  }
  sendFrom(0)
  return 'no-reply'
}

/** Refuses the commands that match, and replies to the others as usual. */
export function refuseIf(pattern: RegExp, refuse: StepHandler): StepHandler {
  return (context) => {
    if (pattern.test(context.line.toString())) return refuse(context)
    context.proceed()
    return 'no-reply'
  }
}

/** Sends a reply in plaintext on the TCP connection below TLS. */
export function sendBelowTls(bytes: string): StepHandler {
  return ({ connection }) => {
    connection.writeBelowTls(bytes)
    return 'no-reply'
  }
}

/** Sends plaintext in the same packet as the reply to STARTTLS, like an attacker in the network path. */
export const injectPlaintext: StepHandler = ({ connection, next }) => {
  connection.write('220 2.0.0 Ready to start TLS\r\n250 2.0.0 injected\r\n')
  connection.upgrade(next)
  return 'no-reply'
}

/** Refuses a login and repeats the credentials, decoded and in base64. */
export const echoCredentials: StepHandler = ({ login }) => {
  const { username = '', password, accessToken, authzid = '', method } = login ?? { method: 'PLAIN' }
  const parts: Readonly<Record<string, readonly string[]>> = {
    PLAIN: [`${authzid}\0${username}\0${password}`],
    LOGIN: [username, `${password}`],
    XOAUTH2: [`user=${username}\u0001auth=Bearer ${accessToken}\u0001\u0001`],
  }
  const encoded = (parts[method] ?? []).map((part) => Buffer.from(part).toString('base64'))
  return refusal(535, `5.7.8 Cannot log ${username} in with ${accessToken ?? password} (${encoded.join(' ')})`)
}

/** Answers every line of an AUTH exchange with another 334. */
export function challengeForever({ connection, next }: Pick<StepContext, 'connection' | 'next'>): 'no-reply' {
  connection.challenge((then) => challengeForever({ connection, next: then }))
  next()
  return 'no-reply'
}
