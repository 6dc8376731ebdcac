import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inRounds, type Rounds } from '../rounds.ts'
import type { Delay, Sink } from '../sink/start-sink.ts'
import type { Job, Result, SenderName } from './job.ts'

/** A library and its job. */
export interface Subject {
  readonly sender: SenderName
  readonly job: Job
  /** The server, which counts messages. */
  readonly sink?: Sink | undefined
  /** The proxy before it, which counts round trips. */
  readonly delay?: Delay | undefined
}

/** The measurements of a process and those taken from outside. */
export interface Measured extends Result {
  /** Milliseconds from the start of the process to the last message of its first run. */
  readonly whole: number
  /** Round trips of all connections. */
  readonly roundTrips: number
}

/** Runs one job in a fresh process. */
export async function runJob({ sender, job, sink, delay }: Subject): Promise<Measured> {
  const [before, roundTrips] = [await sink?.counts(), (await delay?.roundTrips()) ?? 0]
  const started = performance.timeOrigin + performance.now()
  const child = fork(entry, [sender, JSON.stringify(job)], { execArgv: job.kind === 'idle' ? ['--expose-gc'] : [] })
  const exited = once(child, 'exit')
  const result = await Promise.race([
    once(child, 'message').then(([message]) => message as Result),
    exited.then(([code]) => {
      throw new Error(`The process of ${sender} exited with ${code} before it reported a result.`)
    }),
  ])
  await exited
  const arrived = ((await sink?.counts())?.messages ?? 0) - (before?.messages ?? 0)
  if (job.kind === 'mails' && arrived !== job.count * result.runs.length) throw new Error(`${sender} sent ${job.count} messages ${result.runs.length} times, and ${arrived} arrived.`)
  return { ...result, whole: (result.runs[0]?.ended ?? started) - started, roundTrips: ((await delay?.roundTrips()) ?? 0) - roundTrips }
}

const entry = fileURLToPath(new URL('job-process.js', import.meta.url))

/** Runs the jobs in rounds, each in a fresh process. The warm-up round loads the files into the system's cache. */
export function runInRounds(subjects: readonly Subject[], rounds: Rounds): Promise<readonly (readonly Measured[])[]> {
  return inRounds(subjects, rounds, runJob)
}
