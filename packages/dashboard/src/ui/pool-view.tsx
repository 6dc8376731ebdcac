import { format } from '@postern/core'
import type { PoolState } from '../state.ts'
import { usePage } from './page-context.ts'
import { Section } from './section.tsx'
import { formatCount } from './values.ts'

/** The connections, and the messages that wait for one. */
export function PoolView({ pool }: { readonly pool: PoolState }) {
  const { texts, locale } = usePage()
  const { queued, pending, connections, maxConnections } = pool
  // A transport without a pool opens one connection per message.
  const isLimited = maxConnections > 0
  return (
    <Section title={texts.pool.title} kind="pool">
      <dl class="pairs">
        <div>
          <dt>{texts.pool.connections}</dt>
          <dd>
            {isLimited ? format(texts.pool.ofMax, { count: formatCount(connections, locale), max: formatCount(maxConnections, locale) }) : formatCount(connections, locale)}
            {isLimited && (
              <svg class="pool-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="pool-bar-all" width="100" height="4" />
                <rect class="pool-bar-used" width={(100 * Math.min(1, connections / maxConnections)).toFixed(1)} height="4" />
              </svg>
            )}
          </dd>
        </div>
        <div>
          <dt>{texts.pool.queued}</dt>
          <dd>{formatCount(queued, locale)}</dd>
        </div>
        <div>
          <dt>{texts.pool.sending}</dt>
          <dd>{formatCount(Math.max(0, pending - queued), locale)}</dd>
        </div>
      </dl>
    </Section>
  )
}
