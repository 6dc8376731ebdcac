import { setMaxListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Transporter } from '@postern/nodemailer'
import type { LabPort } from '../embedded-mail.ts'
import type { EmbeddedProvider } from '../mail-setup.ts'
import type { Facts } from './facts.ts'
import { Recorder } from './recorder.ts'
import type { Scene, Step, Steps } from './scene.ts'
import type { Switches } from './switches.ts'

/** What happened in a scene. */
export interface SceneReport {
  readonly id: string
  /** Whether each claim holds. */
  readonly ok: boolean
  readonly happened: readonly string[]
  readonly claims: readonly { readonly text: string; readonly ok: boolean }[]
  readonly evidence: Evidence
  /** Milliseconds, without the preparation. */
  readonly ms: number
}

/** The facts as they are shown. */
export interface Evidence extends Pick<Facts, 'attempts' | 'changes' | 'connections' | 'overLimit'> {
  /** How many mails of the scene are in the inbox. */
  readonly inbox: number
  readonly logins: { readonly accepted: number; readonly refused: number }
}

export interface Stage {
  readonly mailer: Transporter
  readonly embedded: EmbeddedProvider
  readonly switches: Switches
  readonly from: string
  readonly to: string
}

/** Plays a scene from a working provider, with mail over 587, and heals the provider afterwards. */
export async function playScene(scene: Scene, run: number, stage: Stage): Promise<SceneReport> {
  const { mailer, embedded, switches } = stage
  const signal = AbortSignal.timeout(SCENE_DEADLINE)
  // Each of 500 mails listens to it.
  setMaxListeners(0, signal)
  await prepare(stage, signal)
  const prefix = `${scene.title}, run ${run}: `
  const recorder = new Recorder(mailer, embedded, (subject) => subject.startsWith(prefix))
  const startedAt = performance.now()
  try {
    const play = { ...stage, recorder, prefix, signal, outcomes: [] }
    for (const step of scene.steps) await playStep(step, play)
    return report(scene, recorder.facts(), performance.now() - startedAt)
  } finally {
    recorder.stop()
    await switches.healAll()
  }
}

/** Milliseconds for a scene with its preparation. The longest takes about 4 s. */
const SCENE_DEADLINE = 60_000

/**
 * Waits until a mail arrives over 587: a check in the background returns to it, and a port that has failed messages is given time. A login
 * that was refused is tried again by messages only, so now and then one is sent anyway.
 */
async function prepare({ mailer, embedded, switches, from, to }: Stage, signal: AbortSignal): Promise<void> {
  await switches.healAll()
  for (let round = 1; ; round++) {
    if (mailer.endpoint?.port === 587 || round % 8 === 0) {
      await mailer.sendMail({ from, to, subject: 'Everything works: the next scene begins', text: 'Sent before each scene.', signal })
      if (embedded.provider.messages.at(-1)?.port === 587) return
    }
    await setTimeout(400, undefined, { signal })
  }
}

interface Play extends Stage {
  readonly recorder: Recorder
  /** The beginning of the subject of each mail. */
  readonly prefix: string
  readonly signal: AbortSignal
  readonly outcomes: Promise<void>[]
}

async function playStep(step: Step, play: Play): Promise<void> {
  for (const [name, value] of Object.entries(step)) await (runners[name as keyof Steps] as (value: unknown, play: Play) => Promise<void>)(value, play)
}

const runners: { readonly [Name in keyof Steps]: (value: Steps[Name], play: Play) => Promise<void> } = {
  async faults(faults, { switches }) {
    await Promise.all(Object.entries(faults).map(([port, fault]) => switches.setFault(Number(port) as LabPort, fault)))
  },
  async heal(ports, { switches }) {
    await Promise.all(ports.map((port) => switches.setFault(port)))
  },
  async limit(name, { switches }) {
    switches.setLimit(name, true)
  },
  async send(count, { recorder, outcomes, prefix, from, to, signal }) {
    const before = outcomes.length
    for (let sent = 1; sent <= count; sent++) {
      outcomes.push(recorder.send({ from, to, subject: `${prefix}mail ${before + sent}`, text: 'Sent by the guided tour.', signal }))
    }
  },
  async waitFor(event, { recorder, outcomes, signal }) {
    if (event === 'outcomes') await Promise.all(outcomes)
    else await recorder.waitFor(event, signal)
  },
}

function report({ id, happened, claims }: Scene, facts: Facts, ms: number): SceneReport {
  const checked = claims.map(({ text, holds }) => ({ text, ok: holds(facts) }))
  const { attempts, changes, connections, overLimit, arrived, logins } = facts
  return {
    id,
    ok: checked.every(({ ok }) => ok),
    happened: happened(facts).filter((sentence) => sentence !== ''),
    claims: checked,
    evidence: {
      attempts,
      changes,
      connections,
      overLimit,
      inbox: arrived.length,
      logins: { accepted: logins.filter(({ ok }) => ok).length, refused: logins.filter(({ ok }) => !ok).length },
    },
    ms,
  }
}
