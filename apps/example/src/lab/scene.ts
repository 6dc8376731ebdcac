import type { Fault } from '@postern/testing'
import type { LabPort } from '../embedded-mail.ts'
import type { Facts } from './facts.ts'
import type { LimitName } from './switches.ts'
import type { PromiseNumber } from './promises.ts'
import type { AwaitedEvent } from './recorder.ts'

/** One scene of the guided tour. */
export interface Scene {
  readonly id: string
  readonly title: string
  /** What is wrong with the provider, and what is sent. */
  readonly setting: string
  /** The promises that it shows. */
  readonly promises: readonly PromiseNumber[]
  readonly steps: readonly Step[]
  /** What happened, in sentences made from what was observed. */
  readonly happened: (facts: Facts) => readonly string[]
  /** What must be true if the promises are kept. */
  readonly claims: readonly Claim[]
}

export interface Claim {
  readonly text: string
  readonly holds: (facts: Facts) => boolean
}

/** A step has one of these. */
export type Step = { readonly [Name in keyof Steps]: Readonly<Record<Name, Steps[Name]>> }[keyof Steps]

export interface Steps {
  /** Faults to switch on. */
  readonly faults: Readonly<Partial<Record<LabPort, Fault>>>
  /** Ports that work again. */
  readonly heal: readonly LabPort[]
  readonly limit: LimitName
  /** How many mails to send, without waiting for their outcomes. */
  readonly send: number
  readonly waitFor: AwaitedEvent | 'outcomes'
}

