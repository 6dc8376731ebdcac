import { severalAddresses } from './soak-addresses.ts'
import { connections } from './soak-connections.ts'
import { flapping } from './soak-flapping.ts'
import { outage } from './soak-outage.ts'
import { rate } from './soak-rate.ts'
import { refusedLogin } from './soak-refused-login.ts'
import type { Scene } from './soak-scene.ts'

/** Every scene of the soak. */
export const scenes = {
  flapping,
  outage,
  connections,
  rate,
  'refused-login': refusedLogin,
  addresses: severalAddresses,
} as const satisfies Record<string, Scene>

export type SceneName = keyof typeof scenes

export const sceneNames = Object.keys(scenes) as readonly SceneName[]
