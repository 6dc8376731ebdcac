import { Fill } from '../fill.tsx'
import { usePage } from '../page-context.ts'
import { Distance } from '../time.tsx'

/** How the page is kept up to date. */
export interface Contact {
  readonly kind: 'stream' | 'poll'
  /** The time of the last sign of life, by the clock of the app. */
  readonly at: number
}

/** Longer than the silence after which requests take over, and one of them. */
const staleAfter = 30_000

/** Whether the page is live; if not, how old it is. */
export function LiveBadge({ contact }: { readonly contact: Contact }) {
  const { texts, now, hydrated } = usePage()
  if (!hydrated) return null
  const isStale = now - contact.at > staleAfter
  return (
    <p class={isStale ? 'live is-stale' : 'live'}>
      {isStale ? (
        <Fill text={texts.live.stale} name="time">
          <Distance at={contact.at} />
        </Fill>
      ) : contact.kind === 'stream' ? (
        texts.live.live
      ) : (
        texts.live.polling
      )}
    </p>
  )
}
