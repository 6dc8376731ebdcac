import { format } from '@postern/core'
import type { AttemptEvent, TimelineEvent } from '../../state.ts'
import type { UiTexts } from '../page-data.ts'

const attempts = { used: 'used', failed: 'failedAttempt', superseded: 'superseded', cancelled: 'cancelled' } as const satisfies Record<AttemptEvent['outcome'], string>

/** An event in a sentence, with its cause. */
export function eventText(event: TimelineEvent, texts: UiTexts): string {
  const cause = 'code' in event && event.code !== undefined ? texts.sentences[event.code]?.message : undefined
  const text = titleOf(event, texts.events)
  return cause ? `${text}. ${cause}` : text
}

function titleOf(event: TimelineEvent, texts: UiTexts['events']): string {
  if (event.kind === 'attempt') return texts[attempts[event.outcome]]
  if (event.kind === 'send') return texts[event.outcome]
  return format(texts[event.kind], { from: 'from' in event ? event.from : undefined })
}
