import { expect, it } from 'vitest'
import { sceneNames } from '../test/soak-scenes.ts'
import { appScenes, longScenes, networkScenes, playEach } from '../test/soak-suite.ts'

playEach(appScenes)

it('includes every scene', () => {
  expect([...networkScenes, ...appScenes, ...longScenes].toSorted()).toEqual(sceneNames.toSorted())
})
