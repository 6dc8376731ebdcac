import { startProvider } from '@postern/testing'
import { expect, it, onTestFinished } from 'vitest'
import { ManualClock } from '../../../../packages/core/test/manual-clock.ts'
import { linesOf } from '../../test/lines-of.ts'
import { unusedMail } from '../../test/mail-setup.ts'
import { watch } from './watch.ts'

it('reports each change once, without sending mail', async () => {
  const provider = await startProvider()
  onTestFinished(() => provider.close())
  const clock = new ManualClock()
  const next = () => clock.advance(30_000)
  async function* ticks() {
    yield next()
    await provider.fault(587, 'refuse')
    yield next()
    yield next()
    await provider.heal(587)
    yield next()
    for (const port of [587, 2525, 465] as const) await provider.fault(port, 'refuse')
    yield next()
  }
  const { 587: best, 2525: fallback } = provider.ports
  expect(await linesOf(watch({ mail: { ...unusedMail, settings: provider.settings }, locale: 'en', ticks: ticks(), clock }))).toEqual([
    `pass: mail can leave over 127.0.0.1:${best}/starttls.`,
    expect.stringMatching(`^warn: mail can leave over 127.0.0.1:${fallback}/starttls. The server 127.0.0.1:${best} refused the connection.`),
    `pass: mail can leave over 127.0.0.1:${best}/starttls.`,
    expect.stringMatching(/^fail: mail cannot leave\. No mail port of 127\.0\.0\.1 .* accepts connections\./),
  ])
  expect(provider.messages).toEqual([])
})
