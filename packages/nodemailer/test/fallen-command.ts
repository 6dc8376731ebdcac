import type { ProviderSettings } from '@postern/testing'
import { createTransport } from '../src/index.ts'
import { letter } from './outcome.ts'

/** A process that sends one message over a fallback and calls no close(). */
const [settings, initial] = process.argv.slice(2) as [string, string]
const mailer = createTransport(JSON.parse(settings) as ProviderSettings, { waitForChoice: true, selection: { recheck: { initial: Number(initial) } } })
await mailer.sendMail(letter)
const { endpoint, nextCheckAt } = mailer.state()
// While a check is in progress, none is scheduled.
console.log(`sent over ${endpoint?.port}, a check is ${nextCheckAt ? 'due' : 'under way'}`)
