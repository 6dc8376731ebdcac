import { flapping } from './soak-flapping.ts'
import type { Scene } from './soak-scene.ts'

/** Every scene of the soak. */
export const scenes = {
  flapping,
} as const satisfies Record<string, Scene>

export type SceneName = keyof typeof scenes

export const sceneNames = Object.keys(scenes) as readonly SceneName[]
