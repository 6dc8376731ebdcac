import type Mail from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import type { XOAuth2Options } from 'nodemailer/lib/xoauth2'
import { OAuth2Tokens } from './oauth2-tokens.ts'

/** The most token sources that are kept. */
const KEPT = 100

/**
 * The token sources of messages with OAuth2 settings of their own. Messages with the same settings share one, so that the pool sees the
 * same login: a refused token is not sent once for each message.
 */
export class MessageTokens {
  readonly #sources = new Map<string, OAuth2Tokens>()

  /**
   * @param own the settings of the message, which `options` completes
   * @param mailer the transporter, which emits `token` and has `oauth2_provision_cb`
   */
  for(own: object, options: XOAuth2Options, mailer: Pick<Mail, 'get' | 'emit'> | undefined, logger: Logger | undefined): OAuth2Tokens {
    const key = JSON.stringify(own)
    const tokens = this.#sources.get(key) ?? new OAuth2Tokens(options, logger)
    tokens.mailer = mailer
    // The first key is the one that was not used for the longest time.
    this.#sources.delete(key)
    this.#sources.set(key, tokens)
    if (this.#sources.size > KEPT) this.#sources.delete(this.#sources.keys().next().value!)
    return tokens
  }
}
