import { describe, expect, it } from 'vitest'
import { soak } from './soak.ts'
import { type SceneName, scenes } from './soak-scenes.ts'

const seed = Number(process.env.POSTERN_SEED ?? Date.now() % 1_000_000)
const messages = 300
const longestOutage = 1_000

/** Two test files play the scenes in parallel: one for networks and servers, one for apps. */
export const networkScenes: readonly SceneName[] = ['flapping', 'outage', 'long-outage', 'connections', 'rate', 'refused-login', 'addresses', 'equal-addresses']
export const appScenes: readonly SceneName[] = ['slow-replies', 'slow-bodies', 'large-bodies', 'wrong-numbers', 'forgotten', 'close']
/** Scenes for the long run only: they take a minute or more. */
export const longScenes: readonly SceneName[] = ['dead-connections']

/** A short run of these scenes. The long run is `npm run soak`. */
export function playEach(names: readonly SceneName[]): void {
  describe.each(names)(`scene %s, seed ${seed}`, (scene) => {
    it.each(scenes[scene].modes)('loses no message, doubles none, leaves none pending and fails none without need, %s', async (mode) => {
      const { outcomes, broken } = await soak({ scene, seed, messages, longestOutage, pool: mode === 'pooled' })
      expect(broken, `seed ${seed}`).toEqual([])
      expect(outcomes.accepted, `seed ${seed}`).toBeGreaterThan(0)
    }, 90_000)
  })
}
