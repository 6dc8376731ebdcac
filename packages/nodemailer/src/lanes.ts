import { defaultBudgets, type Endpoint, endpointKey, type EndpointSelector, type Failure, type OpenConnection } from '@postern/core'
import type { SMTPSentMessageInfo } from 'nodemailer'
import type Mail from 'nodemailer/lib/mailer'
import type { SocketOptions } from 'nodemailer/lib/mailer'
import { handOver } from './handover.ts'
import { Lane } from './lane.ts'
import type { SplitOptions } from './options.ts'

/** The lanes of one transport, one for each endpoint that carries, or still finishes, messages. */
export class Lanes {
  readonly #split: SplitOptions
  readonly #selector: EndpointSelector
  readonly #lanes = new Map<string, Lane>()
  mailer: Mail<SMTPSentMessageInfo> | undefined

  constructor(split: SplitOptions, selector: EndpointSelector) {
    this.#split = split
    this.#selector = selector
  }

  /** The lane to an endpoint, opened if there is none. */
  to(endpoint: Endpoint): Lane {
    const key = endpointKey(endpoint)
    let lane = this.#lanes.get(key)
    if (!lane) {
      lane = new Lane({
        endpoint,
        nodemailer: this.#split.nodemailer,
        login: this.#split.login,
        mailer: this.mailer,
        open: () => this.#selector.connect(),
        passOn: (connection) => this.to(connection.endpoint).offer(connection),
        handOver: (connection, tell) => this.#handOver(connection, tell),
      })
      this.#lanes.set(key, lane)
    }
    return lane
  }

  /** Another endpoint is used now: what waits on the others comes back and goes there. */
  keepOnly(endpoint: Endpoint): void {
    const kept = endpointKey(endpoint)
    for (const [key, lane] of this.#lanes) {
      if (key === kept) continue
      this.#lanes.delete(key)
      lane.close()
    }
  }

  close(options?: { readonly force?: boolean }): void {
    for (const lane of this.#lanes.values()) lane.close(options)
    this.#lanes.clear()
  }

  #handOver(connection: OpenConnection, tell: (failure: Failure | undefined) => void): SocketOptions {
    const { settings, own, nodemailer, standIn, secrets } = this.#split
    return handOver(connection, {
      auth: settings.auth,
      standIn,
      onSecret: (secret) => secrets.learn(secret),
      authMethod: nodemailer.authMethod,
      customAuth: nodemailer.customAuth,
      locale: own.locale ?? 'en',
      replyBudget: own.selection?.budgets?.reply ?? defaultBudgets.reply,
      tell,
    })
  }
}
