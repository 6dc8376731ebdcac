import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

// Without a shell, its tests are left out. Here packages.ts has installed all of them.
await import('../../../packages/cli/src/completion/completion.test.ts')

it.each(['bash', 'zsh', 'fish'])('the completion is tested in %s', (shell) => {
  expect(spawnSync(shell, ['--version']).status).toBe(0)
})
