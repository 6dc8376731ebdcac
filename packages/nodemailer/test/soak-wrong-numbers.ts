import { SettingsError } from '@postern/core'
import { inspect } from 'node:util'
import type { Transporter } from '../src/index.ts'
import { letter } from './outcome.ts'
import type { Ledger, Rule } from './soak-ledger.ts'
import { bothModes, type Scene, type SceneContext } from './soak-scene.ts'
import { patientTimeouts } from './soak-timing.ts'
import { endsWithin } from './soak-within.ts'

type Options = Readonly<Record<string, unknown>>

/** Numeric options, and how to give them a value. */
const options: Readonly<Record<string, (value: unknown) => Options>> = {
  ...Object.fromEntries(
    (
      'maxConnections maxMessages rateLimit idleTimeout deadline endpointTimeout connectionTimeout greetingTimeout ' +
      'socketTimeout dnsTimeout'
    )
      .split(' ')
      .map((name) => [name, (value: unknown) => ({ [name]: value })]),
  ),
  // Has no effect without a limit.
  rateDelta: (value) => ({ rateLimit: 2, rateDelta: value }),
  ...Object.fromEntries(['mail', 'rcpt', 'data', 'block', 'end'].map((name) => [`timeouts.${name}`, (value: unknown) => ({ timeouts: { [name]: value } })])),
}

const values: readonly unknown[] = [NaN, Infinity, -1, 0, '', 'x', null, undefined]

/** Milliseconds: far more than a case needs. */
const PATIENCE = 8_000
const AT_ONCE = 12

/** A timeout of zero may expire immediately: then the send only has to settle. */
const settles: Rule = () => undefined
const isTime = /deadline|Timeout|timeouts/

/**
 * Options with a value that is no number, or no sensible one. Each is an error at construction that names the option, or is
 * treated like the default.
 */
export const wrongNumbers: Scene = {
  modes: bothModes,
  share: 1,
  async play(context) {
    const cases = Object.entries(options).flatMap(([name, make]) => values.map((value) => ({ name, value, given: make(value) })))
    const work = async () => {
      for (let next = cases.pop(); next; next = cases.pop()) await tryOut(context, next.name, next.value, next.given)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  },
}

async function tryOut({ ledger, open, met }: SceneContext, name: string, value: unknown, given: Options): Promise<void> {
  const what = `${name}: ${inspect(value)}`
  const mailer = make(ledger, () => open({ ...patientTimeouts, maxConnections: 2, ...given }), name, what)
  if (!mailer) return
  met(name)
  const rule = value === 0 && isTime.test(name) ? settles : undefined
  // One more than the pool has connections, so that one waits in the queue.
  const messages = Array.from({ length: 3 }, (_, index) => ({ ...letter, subject: `${what} ${index}` }))
  const sending = ledger.sendAll(mailer, messages, { rule })
  if (!(await endsWithin(sending, PATIENCE))) ledger.note(`messages do not settle with ${what}`)
  mailer.close({ force: true })
}

function make(ledger: Ledger, open: () => Transporter, name: string, what: string): Transporter | undefined {
  try {
    return open()
  } catch (error) {
    const names = SettingsError.isInstance(error) ? error.issues.map(({ path, message }) => `${path} ${message}`) : []
    if (!names.some((text) => text.includes(name))) ledger.note(`the error for ${what} does not name it: ${String(error)}`)
    return undefined
  }
}
