import { type ProviderOptions, startProvider } from '@postern/testing'
import { createTransport, type Transporter } from '../src/index.ts'
import { hearClearText } from './clear-text.ts'
import type { Outcome } from './outcome.ts'
import { random } from './random.ts'
import { countHandles, handlesLeft } from './soak-handles.ts'
import { Ledger } from './soak-ledger.ts'
import { PortHistory } from './soak-ports.ts'
import type { Scene, StartedProvider } from './soak-scene.ts'
import { type SceneName, scenes } from './soak-scenes.ts'
import { endsWithin } from './soak-within.ts'

/** Options of a soak. The same seed and numbers give the same faults and messages. */
export interface SoakOptions {
  readonly scene: SceneName
  readonly seed: number
  readonly messages: number
  readonly pool: boolean
  /** Milliseconds. */
  readonly longestOutage: number
}

/** The result of a soak. `broken` has every violated rule. */
export interface SoakResult {
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** The random choices of the scene: faults, steps, kinds of messages. */
  readonly met: ReadonlySet<string>
  readonly broken: readonly string[]
}

/** Milliseconds a scene may take in addition to its outages and messages. Only a scene that hangs takes this long. */
const PATIENCE = 45_000
const PATIENCE_PER_MESSAGE = 20

/** Plays one scene, and compares the outcome of every send with the mailbox. */
export async function soak({ scene: name, seed, messages, pool, longestOutage }: SoakOptions): Promise<SoakResult> {
  const scene: Scene = scenes[name]
  const draw = random(seed)
  const handles = countHandles()
  const ledger = new Ledger()
  const met = new Set<string>()
  const mailers: Transporter[] = []
  const watched = watchProcess((kind) => ledger.note(kind))
  const clear = hearClearText()
  const { provider, met: drawn, close } = await (scene.start ?? start)({ chunking: draw.next() < 0.5, pipelining: draw.next() < 0.75 }, draw)
  if (drawn !== undefined) met.add(drawn)
  const closeMailers = () => {
    for (const mailer of mailers) mailer.close({ force: true })
  }
  try {
    const playing = scene.play({
      draw,
      provider,
      ports: new PortHistory(provider),
      ledger,
      messages: Math.ceil(messages * scene.share),
      pool,
      longestOutage,
      open(options, settings = provider.settings) {
        const mailer = createTransport(settings, { pool, maxConnections: 5, ...options })
        mailers.push(mailer)
        return mailer
      },
      met: (what) => void met.add(what),
    })
    const patience = PATIENCE + 10 * longestOutage + PATIENCE_PER_MESSAGE * messages
    if (!(await endsWithin(playing, patience))) {
      ledger.note(`${ledger.count('pending')} messages are pending after ${patience / 1_000} s`)
      closeMailers()
      if (!(await endsWithin(playing, PATIENCE / 4))) ledger.note('the scene is not over, though every transporter was closed by force')
    }
  } finally {
    clear.stop()
    closeMailers()
    await ledger.settle(PATIENCE / 4)
    await close()
    // An error in the scene itself ends the run.
    watched.stop()
  }
  const left = await handlesLeft(handles)
  const outcomes = { accepted: ledger.count('accepted'), 'not-accepted': ledger.count('not-accepted'), unknown: ledger.count('unknown') }
  return { outcomes, met, broken: [...ledger.audit(provider), ...auditClearText(clear.said, outcomes.accepted), ...left] }
}

async function start(options: ProviderOptions): Promise<StartedProvider> {
  const provider = await startProvider(options)
  return { provider, close: () => provider.close() }
}

/** The only commands that may be sent before TLS. */
const beforeTls = /^(?:EHLO [^\s]+|STARTTLS|QUIT)\r\n$/

function auditClearText(said: readonly string[], accepted: number): string[] {
  if (said.length === 0 && accepted > 0) return ['nothing was heard in the clear, not even an EHLO']
  return said.filter((text) => !beforeTls.test(text)).map((text) => `said in the clear: ${JSON.stringify(text.slice(0, 200))}`)
}

/** Records uncaught errors and Node's warnings, such as an invalid timer delay or too many listeners. */
function watchProcess(note: (kind: string) => void): { stop(): void } {
  const onError = (error: unknown) => note(`uncaught: ${String(error)}`)
  const onWarning = ({ name, message }: Error) => {
    if (/^(?:Timeout|MaxListeners)/.test(name)) note(`${name}: ${message.replaceAll('\n', ' ')}`)
  }
  process.on('uncaughtException', onError).on('warning', onWarning)
  return { stop: () => void process.off('uncaughtException', onError).off('warning', onWarning) }
}
