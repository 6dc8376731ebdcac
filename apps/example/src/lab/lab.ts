import { DeliveryError, type Transporter } from '@postern/nodemailer'
import type { Fault, ReceivedMessage } from '@postern/testing'
import { blocked, type LabPort } from '../embedded-mail.ts'
import type { EmbeddedProvider, MailSetup } from '../mail-setup.ts'
import { Problem } from '../problem.ts'
import { playScene, type SceneReport } from './play-scene.ts'
import type { Scene } from './scene.ts'
import { scenes } from './scenes.ts'
import { faultSwitches, type LimitName, limitSwitches, Switches } from './switches.ts'
import { seconds } from './text.ts'

/** Mails that were sent together. */
export interface Batch {
  readonly count: number
  accepted: number
  /** Not accepted, or without a known outcome. */
  failed: number
  /** The first failure, with its advice. */
  failure?: string
}

/** The lab, if mail goes to the embedded provider. */
export function labFor(mail: MailSetup, mailer: Transporter): Lab | undefined {
  return mail.embedded && new Lab(mailer, mail.embedded, mail)
}

/** The lab: faults of the embedded provider, the guided tour, and the inbox. */
export class Lab {
  readonly mailer: Transporter
  readonly switches: Switches
  readonly #embedded: EmbeddedProvider
  readonly #from: string
  readonly #to: string
  readonly #reports = new Map<string, SceneReport>()
  #batch: Batch | undefined
  #playing: Scene | undefined
  #runs = 0

  constructor(mailer: Transporter, embedded: EmbeddedProvider, { from, to }: Pick<MailSetup, 'from' | 'to'>) {
    this.mailer = mailer
    this.switches = new Switches(embedded.provider, { 587: blocked })
    this.#embedded = embedded
    this.#from = from
    this.#to = to
  }

  get inbox(): readonly ReceivedMessage[] {
    return this.#embedded.provider.messages
  }

  /** The last mails that were sent by a button. */
  get batch(): Readonly<Batch> | undefined {
    return this.#batch
  }

  get playing(): Scene | undefined {
    return this.#playing
  }

  reportOf({ id }: Scene): SceneReport | undefined {
    return this.#reports.get(id)
  }

  async setFault(port: LabPort, fault: Fault | null): Promise<string> {
    this.#assertNotPlaying()
    await this.switches.setFault(port, fault ?? undefined)
    const { label, effect } = faultSwitches.find((each) => each.fault === fault) ?? {}
    return label ? `${port}: ${label.toLowerCase()}. The port ${effect}.` : `${port} works.`
  }

  setLimit(name: LimitName, isOn: boolean): string {
    this.#assertNotPlaying()
    this.switches.setLimit(name, isOn)
    const { label, effect } = limitSwitches.find((each) => each.name === name)!
    return isOn ? `${label}: the provider ${effect}.` : `${label}: no longer.`
  }

  async heal(): Promise<string> {
    this.#assertNotPlaying()
    await this.switches.healAll()
    return 'Every port works.'
  }

  /** Sends mails. Waits for the outcome of a single one, for a while. */
  async send(count: number): Promise<string> {
    this.#assertNotPlaying()
    const { pending } = this.mailer.metrics()
    if (pending + count > MAX_PENDING) throw new Problem(409, `${pending} mails are still waiting. Heal a port, or wait.`)
    if (this.inbox.length + count > MAX_INBOX) throw new Problem(409, `The inbox is full: it holds ${MAX_INBOX} mails. Start the app again to empty it.`)
    const batch: Batch = { count, accepted: 0, failed: 0 }
    this.#batch = batch
    const outcomes = Array.from({ length: count }, (_, index) => this.#sendOne(`Mail ${index + 1} of ${count}`, batch))
    if (count > 1) return `Sending ${count} mails.`
    return await Promise.race([outcomes[0]!, this.#afterPatience()])
  }

  /** Plays a scene and keeps its report. */
  async play(id: unknown): Promise<SceneReport> {
    this.#assertNotPlaying()
    const scene = scenes.find((each) => each.id === id)
    if (!scene) throw new Problem(404, `There is no such scene. The scenes are ${scenes.map(({ id }) => id).join(', ')}.`)
    if (this.inbox.length > MAX_INBOX) throw new Problem(409, 'The inbox is full. Start the app again to empty it.')
    this.#playing = scene
    this.#runs += 1
    try {
      const { mailer, switches } = this
      const result = await playScene(scene, this.#runs, { mailer, switches, embedded: this.#embedded, from: this.#from, to: this.#to })
      this.#reports.set(scene.id, result)
      return result
    } finally {
      this.#playing = undefined
    }
  }

  #assertNotPlaying(): void {
    if (this.#playing) throw new Problem(409, `The scene "${this.#playing.title}" is being played. Wait until it has ended.`)
  }

  async #sendOne(subject: string, batch: Batch): Promise<string> {
    const startedAt = performance.now()
    try {
      await this.mailer.sendMail({ from: this.#from, to: this.#to, subject, text: `Sent by the lab at ${new Date().toLocaleTimeString('en-GB')}.` })
      batch.accepted += 1
      return `Accepted after ${seconds(performance.now() - startedAt)}.`
    } catch (error) {
      if (!DeliveryError.isInstance(error)) throw error
      const failure = `${error.message} ${error.advice}`
      batch.failed += 1
      batch.failure ??= failure
      return failure
    }
  }

  async #afterPatience(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, PATIENCE).unref())
    return 'No port has accepted the mail yet. It waits in the queue.'
  }
}

// Milliseconds that the button waits for the outcome of one mail.
const PATIENCE = 3000

// Mails without an outcome.
const MAX_PENDING = 2000

// The provider keeps every mail in memory: about 1 kB each.
const MAX_INBOX = 20_000
