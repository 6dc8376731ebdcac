import { probe, type Endpoint } from '@postern/core'
import nodemailer from 'nodemailer'
import { type Account, nodemailerOptions } from './account.ts'
import { atLeast, atMost, rowsOf } from './comparison.ts'
import { withEmbedded } from './embedded.ts'
import { measure, median, WARM_UP } from './measure.ts'
import type { PostfixServer } from './postfix/index.ts'
import { kilobytes, perSecond, type Row } from './table.ts'

const FLOOD = 2_000
const FLOODS = 3
const IN_FLIGHT = 200
const CALLS = 20

interface Target extends Account {
  readonly name: string
  readonly port: number
}

type Call = () => Promise<unknown>

/** A probe with login compared with nodemailer's `verify()`, on Postfix. */
export async function probesOnPostfix({ settings }: PostfixServer): Promise<Row[]> {
  return await oneAtATime({ name: 'Postfix', port: 587, ...settings }, 15, 3)
}

/** The same on the test provider: one at a time, then 2,000 with 200 in flight. */
export async function probesOnEmbedded(): Promise<Row[]> {
  return await withEmbedded(async ({ host, candidates, auth, tls }) => {
    const target = { name: 'embedded', host, port: candidates[0]!.port, auth, tls }
    return [...(await oneAtATime(target, 45, WARM_UP / CALLS)), ...(await manyAtOnce(target))]
  })
}

function probeCall({ host, port, auth, tls }: Target): Call {
  const endpoint: Endpoint = { host, port, security: 'starttls' }
  return async () => {
    const report = await probe(endpoint, { auth, tls })
    if (!report.ok) throw new Error(`The probe failed: ${JSON.stringify(report)}`)
  }
}

function verifyCall(target: Target): Call {
  return async () => {
    const transport = nodemailer.createTransport(nodemailerOptions(target, target.port))
    await transport.verify()
    transport.close()
  }
}

async function oneAtATime(target: Target, rounds: number, warmUp: number): Promise<Row[]> {
  // Several calls per round: the CPU clock is too coarse for one.
  const subjects = [probeCall(target), verifyCall(target)].map((call) => ({
    async run() {
      for (let done = 0; done < CALLS; done++) await call()
    },
  }))
  const [own, peer] = await measure(subjects, rounds, warmUp)
  return rowsOf([{ name: 'verify()', own: own!, peer: peer! }], [
    { what: `probe with login, ${target.name}, wall time`, of: ({ median }) => median / CALLS, goal: atMost(1) },
    { what: `probe with login, ${target.name}, CPU`, of: ({ cpu }) => cpu / CALLS, goal: atMost(1) },
  ])
}

interface Flood {
  readonly rate: number
  readonly memory: number
}

async function manyAtOnce(target: Target): Promise<Row[]> {
  await flood(verifyCall(target), IN_FLIGHT)
  await flood(probeCall(target), IN_FLIGHT)
  const floods: Flood[][] = [[], []]
  for (let round = 0; round < FLOODS; round++) {
    for (const [index, call] of [probeCall(target), verifyCall(target)].entries()) floods[index]!.push(await flood(call, FLOOD))
  }
  const [own, peer] = floods.map((all) => ({ rate: median(all.map(({ rate }) => rate)), memory: median(all.map(({ memory }) => memory)) })) as [Flood, Flood]
  return rowsOf([{ name: 'verify()', own, peer }], [
    { what: `${FLOOD} probes, ${IN_FLIGHT} in flight`, of: ({ rate }) => rate, show: perSecond, goal: atLeast(1) },
    { what: 'memory per probe in flight', of: ({ memory }) => memory, show: kilobytes },
  ])
}

async function flood(call: Call, calls: number): Promise<Flood> {
  globalThis.gc?.()
  const before = usedMemory()
  let [remaining, peak, done] = [calls, 0, 0]
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (remaining-- > 0) {
        await call()
        // Collected first, so that garbage is not counted.
        if (++done % 500 === 250) {
          globalThis.gc?.()
          peak = Math.max(peak, usedMemory() - before)
        }
      }
    }),
  )
  return { rate: calls / ((performance.now() - startedAt) / 1_000), memory: peak / IN_FLIGHT }
}

function usedMemory(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
