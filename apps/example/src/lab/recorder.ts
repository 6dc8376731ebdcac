import { type Attempt, type NoUsableEndpointError, type SelectorChange } from '@postern/core'
import { DeliveryError, type Transporter } from '@postern/nodemailer'
import type { NominalPort } from '@postern/testing'
import type { EmbeddedProvider } from '../mail-setup.ts'
import type { AttemptFact, ChangeFact, Facts, SendFact, SentenceFact } from './facts.ts'

/** An event that a scene waits for. */
export type AwaitedEvent = 'fallback' | 'recovered' | 'exhausted'

/** Records what happens from its creation until `stop`. */
export class Recorder {
  readonly #mailer: Transporter
  readonly #embedded: EmbeddedProvider
  readonly #isOwn: (subject: string) => boolean
  readonly #startedAt = performance.now()
  readonly #before: Counts
  readonly #attempts: AttemptFact[] = []
  readonly #changes: ChangeFact[] = []
  readonly #exhausted: SentenceFact[] = []
  readonly #sends: SendFact[] = []
  #hasPassword = false
  /** Called for each event. */
  #onEvent: (() => void) | undefined
  /** How many events of each kind were awaited. */
  readonly #awaited = { fallback: 0, recovered: 0, exhausted: 0 }

  /** @param isOwn whether a mail belongs to the scene, by its subject */
  constructor(mailer: Transporter, embedded: EmbeddedProvider, isOwn: (subject: string) => boolean) {
    this.#mailer = mailer
    this.#embedded = embedded
    this.#isOwn = isOwn
    this.#before = countsOf(embedded)
    mailer.on('attempt', this.#onAttempt).on('exhausted', this.#onExhausted)
    for (const kind of changeNames) mailer.on(kind, this.#onChange[kind])
  }

  /** The next event of this kind, or one that has occurred since the last wait for it. */
  async waitFor(kind: AwaitedEvent, signal: AbortSignal): Promise<void> {
    const count = ++this.#awaited[kind]
    await new Promise<void>((resolve, reject) => {
      this.#onEvent = () => {
        if (this.#countOf(kind) >= count) resolve()
      }
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      this.#onEvent()
    })
  }

  /** Records the outcome of a message. */
  async send(message: Parameters<Transporter['sendMail']>[0]): Promise<void> {
    const startedAt = performance.now()
    const record = (fact: Omit<SendFact, 'ms'>) => this.#sends.push({ ...fact, ms: performance.now() - startedAt })
    try {
      await this.#mailer.sendMail(message)
      record({ outcome: 'accepted' })
    } catch (error) {
      if (!DeliveryError.isInstance(error)) throw error
      record({ outcome: error.delivery, ...sentenceOf(error) })
      this.#hasPassword ||= this.#containsPassword(error)
    }
  }

  facts(): Facts {
    const { provider, clearText } = this.#embedded
    const now = countsOf(this.#embedded)
    const before = this.#before
    const connections = Object.entries(now.connections).map(([port, count]) => [port, count - before.connections[Number(port) as NominalPort]])
    return {
      attempts: this.#attempts,
      changes: this.#changes,
      exhausted: this.#exhausted,
      sends: this.#sends,
      arrived: provider.messages.slice(before.messages).filter(({ subject }) => this.#isOwn(subject)).map(({ port, subject, secure }) => ({ port, subject, secure })),
      connections: Object.fromEntries(connections) as Facts['connections'],
      logins: provider.logins.slice(before.logins).map(({ port, ok, secure }) => ({ port, ok, secure })),
      overLimit: {
        connections: now.overLimit.connections - before.overLimit.connections,
        messages: now.overLimit.messages - before.overLimit.messages,
      },
      clearText: clearText.connections.filter((connection) => !before.clearText.has(connection)),
      hasPassword: this.#hasPassword,
    }
  }

  stop(): void {
    this.#mailer.off('attempt', this.#onAttempt).off('exhausted', this.#onExhausted)
    for (const kind of changeNames) this.#mailer.off(kind, this.#onChange[kind])
  }

  readonly #onAttempt = ({ endpoint, outcome, stage, startedAt, ms, failure }: Attempt) => {
    const at = startedAt.getTime() - performance.timeOrigin - this.#startedAt
    if (this.#attempts.length < MAX_ATTEMPTS) this.#attempts.push({ port: endpoint.port, outcome, stage, at, ms, ...(failure && sentenceOf(failure)) })
  }

  readonly #onChange = Object.fromEntries(
    changeNames.map((kind) => [
      kind,
      ({ endpoint }: SelectorChange) => {
        this.#changes.push({ kind, port: endpoint.port, at: performance.now() - this.#startedAt })
        this.#onEvent?.()
      },
    ]),
  ) as Readonly<Record<ChangeFact['kind'], (change: SelectorChange) => void>>

  readonly #onExhausted = ({ diagnosis }: NoUsableEndpointError) => {
    this.#exhausted.push(sentenceOf(diagnosis))
    this.#onEvent?.()
  }

  #countOf(kind: AwaitedEvent): number {
    return kind === 'exhausted' ? this.#exhausted.length : this.#changes.filter((change) => change.kind === kind).length
  }

  /** The password is searched in all that a program would log of an error. */
  #containsPassword(error: DeliveryError): boolean {
    const { pass, user } = this.#embedded.provider.auth
    const text = `${error.stack} ${JSON.stringify(error)} ${error.message} ${error.advice}`
    const forms = [pass, Buffer.from(pass).toString('base64'), Buffer.from(`\0${user}\0${pass}`).toString('base64')]
    return forms.some((form) => text.includes(form))
  }
}

const MAX_ATTEMPTS = 1000

const changeNames = ['selected', 'fallback', 'recovered'] as const

function sentenceOf({ code, message, advice }: SentenceFact): SentenceFact {
  return { code, message, advice }
}

interface Counts {
  readonly connections: Readonly<Record<NominalPort, number>>
  readonly overLimit: { readonly connections: number; readonly messages: number }
  readonly messages: number
  readonly logins: number
  readonly clearText: ReadonlySet<object>
}

function countsOf({ provider, clearText }: EmbeddedProvider): Counts {
  return {
    connections: { ...provider.connections },
    overLimit: { ...provider.overLimit },
    messages: provider.messages.length,
    logins: provider.logins.length,
    clearText: new Set(clearText.connections),
  }
}
