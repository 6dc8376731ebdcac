import { parseArgs } from 'node:util'
import { faultNames } from '@postern/testing'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    messages: { type: 'string', default: '2500' },
  },
})
const [minutes, first, messages] = [Number(values.minutes), Number(values.seed), Number(values.messages)]
const began = performance.now()
const met = new Set<string>()

// One seed after the other until the time is up: each line is a run that can be replayed alone.
for (let seed = first; ; seed++) {
  for (const pool of [false, true]) {
    const from = performance.now()
    const { outcomes, faults, broken } = await soak({ seed, messages, pool })
    for (const fault of faults) met.add(fault)
    const mode = pool ? 'pooled' : 'single'
    const told = `${outcomes.accepted} accepted, ${outcomes['not-accepted']} not accepted, ${outcomes.unknown} unknown`
    console.log(`seed ${seed}, ${mode}: ${messages} messages in ${((performance.now() - from) / 1_000).toFixed(1)} s, ${told}; ${broken.length} broken`)
    for (const line of broken) console.log(`  BROKEN: ${line}`)
    if (broken.length > 0) process.exitCode = 1
  }
  if (performance.now() - began >= minutes * 60_000) break
}
console.log(`${met.size} of ${faultNames.length} faults met. Replay one line with: npm run soak -- --seed <seed> --messages ${messages}`)
