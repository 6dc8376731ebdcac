import { networkScenes, playEach } from '../test/soak-suite.ts'

playEach(networkScenes)
