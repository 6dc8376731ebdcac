import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findService } from './service.ts'

/** An entry of nodemailer's list of well-known services. */
interface WellKnown {
  readonly host: string
  readonly port?: number
  readonly secure?: boolean
}

/** A difference between the list and the catalogue, and why the catalogue is kept. */
interface Decision {
  readonly service: string
  readonly nodemailer: { readonly host: string; readonly port: number; readonly secure: boolean }
  readonly ours: { readonly host: string; readonly port: number; readonly security: string }
  readonly reason: string
}

const nodemailer = dirname(createRequire(import.meta.url).resolve('nodemailer'))
const list = read(join(nodemailer, '..', 'well-known', 'services.json')) as Readonly<Record<string, WellKnown>>
const fixture = new URL('../../test/nodemailer-decisions.json', import.meta.url)
const { decisions, absent } = read(fixture) as {
  readonly decisions: readonly Decision[]
  readonly absent: readonly string[]
}
const record = readFileSync(
  new URL('../../../../docs/decisions/0004-providers-against-nodemailer.md', import.meta.url),
  'utf8',
)

const differences = new Set(
  Object.entries(list)
    .map(([service, entry]) => difference(service, entry))
    .filter((found) => found !== undefined)
    .map((found) => JSON.stringify(found)),
)

describe("the catalogue and nodemailer's list", () => {
  it('differ only where a decision allows it', () => {
    expect([...differences].filter((one) => !decided().has(one))).toEqual([])
  })

  it('differ wherever a decision says so', () => {
    expect([...decided()].filter((one) => !differences.has(one))).toEqual([])
  })

  it('leave out only the services in the decision', () => {
    expect(Object.keys(list).filter((service) => !findService(service))).toEqual(absent)
  })

  it('have a reason for every decision, also in the decision record', () => {
    const bare = decisions.filter(
      ({ service, reason }) => reason.length < 20 || !record.includes(`| ${service} `) || !record.includes(reason),
    )
    expect(bare.map(({ service }) => service)).toEqual([])
    expect(absent.filter((service) => !record.includes(service))).toEqual([])
  })
})

function decided(): ReadonlySet<string> {
  return new Set(decisions.map(({ service, nodemailer, ours }) => JSON.stringify({ service, nodemailer, ours })))
}

/** Compares an entry as nodemailer reads it: `secure` defaults to `port === 465`, and the port to 465 if `secure` is set. */
function difference(service: string, entry: WellKnown): Omit<Decision, 'reason'> | undefined {
  const port = entry.port ?? (entry.secure ? 465 : 587)
  const secure = entry.secure ?? port === 465
  const found = findService(service)
  if (!found) return undefined
  const [first] = found.provider.ports
  const ours = { host: found.host, port: first!.port, security: first!.security }
  const same = ours.host === entry.host && ours.port === port && (ours.security === 'implicit') === secure
  if (same) return undefined
  // The SES entries differ only in the region, so one decision covers them all.
  const region = /^SES-?/.test(service) ? entry.host.split('.')[1] : undefined
  const plain = (host: string) => (region ? host.replace(region, '*') : host)
  return {
    service: region ? 'SES' : service,
    nodemailer: { host: plain(entry.host), port, secure },
    ours: { ...ours, host: plain(ours.host) },
  }
}

function read(file: string | URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
