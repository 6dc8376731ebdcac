import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request, withChild } from '../child.ts'
import { makeCertificates } from '../host/certificates.ts'
import type { SinkPorts } from './server.ts'
import type { Counts, Offers } from './session.ts'

/** A fast SMTP server in another process. */
export interface Sink {
  readonly ports: SinkPorts
  /** The CA certificate, PEM. */
  readonly ca: string
  readonly counts: () => Promise<Counts>
}

/** Starts a sink for the duration of `run`. */
export async function withSink<T>(offers: Offers, run: (sink: Sink) => Promise<T>): Promise<T> {
  const { ca, key, cert } = await certificate()
  return await withChild(new URL('sink-process.js', import.meta.url), [JSON.stringify({ offers, key, cert })], (child, ports) =>
    run({
      ports: ports as SinkPorts,
      ca,
      counts: async () => (await request(child, '?')) as Counts,
    }),
  )
}

/** A delay proxy in another process. */
export interface Delay {
  readonly port: number
  readonly roundTrips: () => Promise<number>
}

/** Starts a proxy in front of `port` for the duration of `run`. Every round trip takes `roundTrip` milliseconds. */
export async function withDelay<T>(port: number, roundTrip: number, run: (delay: Delay) => Promise<T>): Promise<T> {
  return await withChild(new URL('delay-process.js', import.meta.url), [String(port), String(roundTrip)], (child, proxyPort) =>
    run({ port: proxyPort as number, roundTrips: async () => (await request(child, '?')) as number }),
  )
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
