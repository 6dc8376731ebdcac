import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCertificates } from '../host/certificates.ts'
import type { SinkPorts } from './server.ts'
import type { Counts, Offers } from './session.ts'

/** A fast SMTP server in a process of its own. */
export interface Sink {
  readonly ports: SinkPorts
  /** The authority that signed its certificate, PEM. */
  readonly ca: string
  readonly counts: () => Promise<Counts>
}

/** Runs with a sink. */
export async function withSink<T>(offers: Offers, run: (sink: Sink) => Promise<T>): Promise<T> {
  const { ca, key, cert } = await certificate()
  return await withChild('sink-process.js', [JSON.stringify({ offers, key, cert })], (child, ports) =>
    run({
      ports: ports as SinkPorts,
      ca,
      counts: async () => (await ask(child)) as Counts,
    }),
  )
}

/** A proxy in a process of its own. */
export interface Delay {
  readonly port: number
  readonly roundTrips: () => Promise<number>
}

/** Runs with a proxy in front of `port` that makes every round trip take `roundTrip` milliseconds. */
export async function withDelay<T>(port: number, roundTrip: number, run: (delay: Delay) => Promise<T>): Promise<T> {
  return await withChild('delay-process.js', [String(port), String(roundTrip)], (child, delayed) =>
    run({ port: delayed as number, roundTrips: async () => (await ask(child)) as number }),
  )
}

async function withChild<T>(file: string, args: readonly string[], run: (child: ChildProcess, ready: unknown) => Promise<T>): Promise<T> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args)
  try {
    return await run(child, await firstMessage(child))
  } finally {
    child.kill()
  }
}

async function ask(child: ChildProcess): Promise<unknown> {
  child.send('?')
  return await firstMessage(child)
}

async function firstMessage(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, 'message')) as [unknown]
  return message
}

async function certificate(): Promise<{ readonly ca: string; readonly key: string; readonly cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-sink-'))
  try {
    const { ca, keyFile, certificateFile } = await makeCertificates(folder, 'sink.test', '127.0.0.1')
    return { ca, key: await readFile(keyFile, 'utf8'), cert: await readFile(certificateFile, 'utf8') }
  } finally {
    await rm(folder, { recursive: true })
  }
}
