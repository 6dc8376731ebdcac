import type { AttemptEvent } from '../state.ts'
import { usePage } from './page-context.ts'
import { mergedStages, phaseOf } from './stage-list.ts'
import { formatLatency } from './values.ts'

/** The time of each stage of a connection: as a bar, and in numbers. */
export function StageBar({ attempt }: { readonly attempt: AttemptEvent }) {
  const { texts, locale } = usePage()
  const stages = mergedStages(attempt.stages)
  const total = stages.reduce((sum, { ms }) => sum + ms, 0)
  let x = 0
  return (
    <div class="stages">
      <svg class="stage-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        {stages.map(({ stage, ms }) => {
          const width = total === 0 ? 0 : (100 * ms) / total
          const rect = <rect class={`phase-${phaseOf(stage)}`} x={x.toFixed(2)} width={Math.max(0, width - 0.6).toFixed(2)} height="4" />
          x += width
          return rect
        })}
      </svg>
      <ul class="stage-times">
        {stages.map(({ stage, ms }) => (
          <li>
            <span class={`key phase-${phaseOf(stage)}`} aria-hidden="true" />
            {texts.stages[stage as keyof typeof texts.stages] ?? stage} <b>{formatLatency(ms, locale)}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}
