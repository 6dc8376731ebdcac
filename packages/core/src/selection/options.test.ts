import { expect, it } from 'vitest'
import type { Bounds } from '../smtp/bounded.ts'
import { resolveOptions } from './options.ts'

const { session } = resolveOptions({ host: 'mail.postern.invalid' }, {})
const boundsOf = (signal: AbortSignal): Bounds => ({ ms: 5_000, timeout: 'dns-timeout', signal })

it('looks a host up once for all the rungs of a race, also when it does not exist', async () => {
  const bounds = boundsOf(new AbortController().signal)
  const { resolve } = session(bounds.signal)
  const first = resolve?.(bounds)
  await expect(first).rejects.toMatchObject({ facts: { code: 'dns-not-found' } })
  expect(resolve?.(bounds)).toBe(first)
})

it('looks it up again after a look-up that was called off', async () => {
  const { resolve } = session(AbortSignal.abort())
  await expect(resolve?.(boundsOf(AbortSignal.abort()))).rejects.toMatchObject({ facts: { code: 'aborted' } })
  await expect(resolve?.(boundsOf(new AbortController().signal))).rejects.toMatchObject({ facts: { code: 'dns-not-found' } })
})
