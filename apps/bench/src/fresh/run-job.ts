import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Delay, Sink } from '../sink/start-sink.ts'
import type { Job, Result, SenderName } from './job.ts'

/** A library and what it is to do. */
export interface Subject {
  readonly sender: SenderName
  readonly job: Job
  /** The server, which counts the messages. */
  readonly sink?: Sink | undefined
  /** The proxy in front of it, which counts round trips. */
  readonly delay?: Delay | undefined
}

/** What a process has measured, and what was seen from outside. */
export interface Measured extends Result {
  /** Milliseconds from its start to the last message of its first run. */
  readonly whole: number
  /** Of all its connections. */
  readonly roundTrips: number
}

/** Does one job in a fresh process. */
export async function runJob({ sender, job, sink, delay }: Subject): Promise<Measured> {
  const [before, roundTrips] = [await sink?.counts(), (await delay?.roundTrips()) ?? 0]
  const started = performance.timeOrigin + performance.now()
  const child = fork(entry, [sender, JSON.stringify(job)], { execArgv: job.kind === 'idle' ? ['--expose-gc'] : [] })
  const ended = once(child, 'exit')
  const result = await Promise.race([
    once(child, 'message').then(([message]) => message as Result),
    ended.then(([code]) => {
      throw new Error(`The process that sends with ${sender} ended with ${code} and measured nothing.`)
    }),
  ])
  await ended
  const arrived = ((await sink?.counts())?.messages ?? 0) - (before?.messages ?? 0)
  if (job.kind === 'mails' && arrived !== job.count * result.runs.length) throw new Error(`${sender} sent ${job.count} messages ${result.runs.length} times, and ${arrived} arrived.`)
  return { ...result, whole: (result.runs[0]?.ended ?? started) - started, roundTrips: ((await delay?.roundTrips()) ?? 0) - roundTrips }
}

const entry = fileURLToPath(new URL('job-process.js', import.meta.url))

/**
 * Does the jobs in turn, each in a fresh process, round by round; each round begins with another one. The first round
 * brings the files into the system's cache and is not counted.
 */
export async function inRounds(subjects: readonly Subject[], { rounds, warmUp = 1 }: Rounds): Promise<readonly (readonly Measured[])[]> {
  const taken = subjects.map((): Measured[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (turn + Math.max(round, 0)) % subjects.length
      const measured = await runJob(subjects[index]!)
      if (round >= 0) taken[index]!.push(measured)
    }
  }
  return taken
}

interface Rounds {
  readonly rounds: number
  readonly warmUp?: number | undefined
}
