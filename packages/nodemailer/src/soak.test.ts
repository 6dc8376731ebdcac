import { faultNames } from '@postern/testing'
import { describe, expect, it } from 'vitest'
import { modes } from '../test/mail.ts'
import { soak } from '../test/soak.ts'

const seed = Number(process.env.POSTERN_SEED ?? Date.now() % 1_000_000)
const messages = 1_000

describe.each(modes)(`${messages} messages while every fault comes and goes, $mode, seed ${seed}`, ({ pool }) => {
  it('are accepted and there once, refused and not there, or in doubt; none is there twice', async () => {
    const { outcomes, faults, broken } = await soak({ seed, messages, pool })
    expect(broken, `seed ${seed}`).toEqual([])
    expect([...faults].toSorted(), `seed ${seed}`).toEqual(faultNames.toSorted())
    expect(outcomes.accepted, `seed ${seed}`).toBeGreaterThan(0)
  }, 60_000)
})
