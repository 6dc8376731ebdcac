import { parseArgs } from 'node:util'
import { soak } from './soak.ts'
import { type SceneName, sceneNames, scenes } from './soak-scenes.ts'

const { values } = parseArgs({
  options: {
    scene: { type: 'string', multiple: true, default: [...sceneNames] },
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    messages: { type: 'string', default: '2500' },
    /** Seconds. */
    'longest-outage': { type: 'string', default: '60' },
  },
})
const chosen = values.scene.map((name) => {
  if (Object.hasOwn(scenes, name)) return name as SceneName
  console.error(`There is no scene "${name}". The scenes are ${sceneNames.join(', ')}.`)
  process.exit(2)
})
const [minutes, first, messages] = [Number(values.minutes), Number(values.seed), Number(values.messages)]
const longestOutage = Number(values['longest-outage']) * 1_000
const began = performance.now()
let broken = 0

// Runs seed after seed until the time is over. Each line of output can be replayed separately.
const isOver = () => performance.now() - began >= minutes * 60_000
for (let seed = first; seed === first || !isOver(); seed += 1) {
  for (const scene of chosen) {
    for (const mode of scenes[scene].modes) {
      if (seed === first || !isOver()) broken += await run(seed, scene, mode === 'pooled')
    }
  }
}
if (broken > 0) process.exitCode = 1
console.log(`${broken} broken. Replay one line with: npm run soak -- --scene <scene> --seed <seed> --messages ${messages}`)

async function run(seed: number, scene: SceneName, pool: boolean): Promise<number> {
  const from = performance.now()
  const { outcomes, met, broken } = await soak({ scene, seed, messages, pool, longestOutage })
  const seconds = ((performance.now() - from) / 1_000).toFixed(1)
  const counts = `${outcomes.accepted} accepted, ${outcomes['not-accepted']} not accepted, ${outcomes.unknown} unknown`
  console.log(`seed ${seed}, ${scene}, ${pool ? 'pooled' : 'plain'}: ${counts} in ${seconds} s, ${met.size} kinds met; ${broken.length} broken`)
  for (const line of broken) console.log(`  BROKEN: ${line}`)
  return broken.length
}
