import type { SecretSource } from '@postern/core'
import type Mail from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import XOAuth2, { type XOAuth2Options, type XOAuth2ProvisionCallback } from 'nodemailer/lib/xoauth2'

/** The default timeout of a callback for a token, in milliseconds: the same that nodemailer has for token servers. */
const PROVISION_TIME = 60_000

/**
 * The access token for nodemailer's OAuth2 settings. All checks and connections of a transport share it. nodemailer's own code
 * requests and renews it.
 */
export class OAuth2Tokens {
  /** The transporter, which has `oauth2_provision_cb` and emits `token`. */
  mailer: Pick<Mail, 'get' | 'emit'> | undefined
  readonly source: SecretSource
  readonly #patience: number

  constructor(options: XOAuth2Options, logger: Logger | undefined) {
    const { provisionCallback, requestTimeout } = options
    this.#patience = requestTimeout || PROVISION_TIME
    const oauth2 = new XOAuth2({ ...options }, logger && quiet(logger))
    oauth2.on('token', (token) => this.mailer?.emit('token', token))
    const source = tokensOf(oauth2)
    this.source = (request) => {
      // As in nodemailer, a callback on the transporter takes precedence, even if it is set later.
      const callback = this.mailer?.get('oauth2_provision_cb') || provisionCallback
      oauth2.provisionCallback = callback ? this.#bounded(callback) : false
      return source(request)
    }
  }

  /** Adds a timeout: nodemailer would wait for the callback for ever, and block all other logins. */
  #bounded(callback: XOAuth2ProvisionCallback): XOAuth2ProvisionCallback {
    return (user, renew, done) => {
      const timer = setTimeout(() => done(new Error('The provision callback gave no token.')), this.#patience).unref()
      const end: typeof done = (...result) => {
        clearTimeout(timer)
        done(...result)
      }
      try {
        callback(user, renew, end)
      } catch (error) {
        end(error instanceof Error ? error : new Error('The provision callback threw.'))
      }
    }
  }
}

/** A `SecretSource` from nodemailer's token generator. */
export function tokensOf(oauth2: Pick<XOAuth2, 'getToken'>): SecretSource {
  return ({ renew }) =>
    new Promise((resolve, reject) => {
      oauth2.getToken(renew, (error, token) => (error ? reject(error) : resolve(token)))
    })
}

/** A logger without debug entries, because those of nodemailer contain the beginnings of secrets. */
function quiet(logger: Logger): Logger {
  return { ...logger, trace: () => {}, debug: () => {} }
}
