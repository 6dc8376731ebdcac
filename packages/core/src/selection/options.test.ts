import { expect, it } from 'vitest'
import type { Bounds } from '../smtp/bounded.ts'
import { resolveOptions } from './options.ts'

const { session } = resolveOptions({ host: 'mail.postern.invalid' }, {})
const boundsOf = (signal: AbortSignal): Bounds => ({ ms: 5_000, timeout: 'dns-timeout', signal })

it('resolves a host once for all rungs of a race, also if it does not exist', async () => {
  const bounds = boundsOf(new AbortController().signal)
  const { resolve } = session(bounds.signal)
  const first = resolve?.(bounds)
  await expect(first).rejects.toMatchObject({ facts: { code: 'dns-not-found' } })
  expect(resolve?.(bounds)).toBe(first)
})

it('resolves it again after an aborted lookup', async () => {
  const { resolve } = session(AbortSignal.abort())
  await expect(resolve?.(boundsOf(AbortSignal.abort()))).rejects.toMatchObject({ facts: { code: 'aborted' } })
  await expect(resolve?.(boundsOf(new AbortController().signal))).rejects.toMatchObject({ facts: { code: 'dns-not-found' } })
})
