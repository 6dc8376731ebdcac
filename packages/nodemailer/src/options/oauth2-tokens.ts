import type { SecretSource } from '@postern/core'
import type Mail from 'nodemailer/lib/mailer'
import type { Logger } from 'nodemailer/lib/shared'
import XOAuth2, { type XOAuth2Options, type XOAuth2ProvisionCallback } from 'nodemailer/lib/xoauth2'

/** Milliseconds a callback may take for a token, if the settings do not say: what nodemailer gives a token server. */
const PROVISION_TIME = 60_000

/**
 * nodemailer's OAuth2 settings, at work for one transport: its checks and all its connections share one token, which
 * nodemailer's own code gets and renews.
 */
export class OAuth2Tokens {
  /** Whose `oauth2_provision_cb` is asked, and who emits `token`. */
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
      // As nodemailer has it, one that is set on the transporter goes first, whenever it is set.
      const callback = this.mailer?.get('oauth2_provision_cb') || provisionCallback
      oauth2.provisionCallback = callback ? this.#bounded(callback) : false
      return source(request)
    }
  }

  /** nodemailer waits for a callback for ever, and lets everyone else wait behind it. */
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

/** nodemailer's token generator as a source of secrets. */
export function tokensOf(oauth2: Pick<XOAuth2, 'getToken'>): SecretSource {
  return ({ renew }) =>
    new Promise((resolve, reject) => {
      oauth2.getToken(renew, (error, token) => (error ? reject(error) : resolve(token)))
    })
}

/** What nodemailer says about tokens for debugging has the beginnings of secrets in it. */
function quiet(logger: Logger): Logger {
  return { ...logger, trace: () => {}, debug: () => {} }
}
