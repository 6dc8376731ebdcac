import { severalAddresses } from './soak-addresses.ts'
import { closing } from './soak-close.ts'
import { connections } from './soak-connections.ts'
import { deadConnections } from './soak-dead-connections.ts'
import { equalAddresses } from './soak-equal-addresses.ts'
import { flapping } from './soak-flapping.ts'
import { forgotten } from './soak-forgotten.ts'
import { largeBodies } from './soak-large-bodies.ts'
import { longOutage } from './soak-long-outage.ts'
import { outage } from './soak-outage.ts'
import { rate } from './soak-rate.ts'
import { refusedLogin } from './soak-refused-login.ts'
import type { Scene } from './soak-scene.ts'
import { slowBodies } from './soak-slow-bodies.ts'
import { slowReplies } from './soak-slow-replies.ts'
import { wrongNumbers } from './soak-wrong-numbers.ts'

/** Every scene of the soak. */
export const scenes = {
  flapping,
  outage,
  'long-outage': longOutage,
  'dead-connections': deadConnections,
  connections,
  rate,
  'refused-login': refusedLogin,
  'slow-replies': slowReplies,
  'slow-bodies': slowBodies,
  'large-bodies': largeBodies,
  addresses: severalAddresses,
  'equal-addresses': equalAddresses,
  'wrong-numbers': wrongNumbers,
  forgotten,
  close: closing,
} as const satisfies Record<string, Scene>

export type SceneName = keyof typeof scenes

export const sceneNames = Object.keys(scenes) as readonly SceneName[]
