import type { CustomLogin, LoginDialogue } from '@postern/core/submission'
import type { SMTPConnectionOptions } from 'nodemailer'
import type { SMTPTransportAuthOptions } from 'nodemailer/lib/smtp-transport'
import { inCapitals } from '../options/login-options.ts'

type Handlers = NonNullable<SMTPConnectionOptions['customAuth']>
type Handler = Handlers[string]
type Context = Parameters<Handler>[0]

/** The context that nodemailer passes to a handler of `customAuth`. */
interface CommandResult {
  readonly command: string
  readonly response: string
  readonly status: number
  readonly code?: string
  readonly text: string
}

/**
 * Logs in with the handlers of `customAuth`, by nodemailer's rule: the configured mechanism, or otherwise the first one that
 * the server offers, is passed to its handler if there is one. Postern makes all other logins.
 *
 * @param given the login as configured, with all properties that a handler may read
 */
export function customLoginOf(customAuth: Handlers | undefined, given: SMTPTransportAuthOptions | undefined, method: string | undefined): CustomLogin | undefined {
  const handlers = new Map(Object.entries(customAuth ?? {}).map(([name, handler]) => [inCapitals(name), handler]))
  if (handlers.size === 0) return undefined
  return async (dialogue) => {
    const name = method ?? dialogue.mechanisms[0] ?? 'PLAIN'
    const handler = handlers.get(name)
    if (!handler || !(given || dialogue.login)) return await dialogue.logIn()
    await dialogue.logInWith(async (exchange) => {
      await runHandler(handler, name, dialogue, { ...given, ...dialogue.login } as SMTPTransportAuthOptions, exchange)
    })
  }
}

type Exchange = Parameters<Parameters<LoginDialogue['logInWith']>[0]>[0]

function runHandler(handler: Handler, method: string, { mechanisms, keywords, maxSize }: LoginDialogue, auth: SMTPTransportAuthOptions, exchange: Exchange): Promise<void> {
  const send = async (command: string): Promise<CommandResult> => {
    const { code, enhancedCode, lines } = await exchange(command)
    const response = lines.map((text, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${text}`).join('\n')
    return { command, response, status: code, ...(enhancedCode && { code: enhancedCode }), text: lines.join('\n').replace(/^\d\.\d+\.\d+ /, '') }
  }
  return new Promise((resolve, reject) => {
    const { user, pass, options } = auth
    const context = {
      auth: { ...auth, credentials: { user, pass, options } },
      method,
      extensions: [...keywords],
      authMethods: [...mechanisms],
      maxAllowedSize: maxSize ?? false,
      sendCommand: (command: string, callback?: (error: Error | null, result?: CommandResult) => void) => {
        const sending = send(command)
        if (!callback) return sending
        sending.then(
          (result) => callback(null, result),
          (error: Error) => {
            reject(error)
            callback(error)
          },
        )
        return undefined
      },
      resolve,
      reject,
    }
    const running: unknown = handler(context as unknown as Context)
    if (typeof (running as Promise<void> | undefined)?.then === 'function') (running as Promise<void>).then(() => resolve(), reject)
  })
}
