import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, it, vi } from 'vitest'
import { build, type Rolldown } from 'vite'
import { modelOf } from '../../test/ui-models.ts'
import { renderPage } from './render-page.tsx'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('loads at most 20 kB of script and style, and 40 kB with a page of some hundred events', async () => {
  vi.stubEnv('NODE_ENV', 'production')
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { output } = (await build({ root, build: { write: false } })) as Rolldown.RolldownOutput
  const files = output.map((file) => (file.type === 'chunk' ? file.code : file.source))
  expect(output.map(({ fileName }) => fileName).toSorted()).toEqual(['app.css', 'app.js'])
  const page = renderPage(modelOf('warn'), { nonce: 'bm9uY2U' })
  const loaded = files.reduce((sum, file) => sum + gzipSync(file).length, 0)
  expect(loaded).toBeLessThan(20_000)
  expect(loaded + gzipSync(page).length).toBeLessThan(40_000)
})
