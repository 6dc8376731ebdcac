import { format } from '@postern/core'
import { usePage } from '../page-context.ts'
import { type Shape, symbolPath } from './symbols.ts'

const signs = [
  ['send is-accepted', 'circle', 'accepted'],
  ['send is-not-accepted', 'cross', 'not-accepted'],
  ['send is-unknown', 'diamond', 'unknown'],
  ['change is-fallback', 'down', 'fallback'],
  ['change is-recovered', 'up', 'recovered'],
] as const satisfies readonly (readonly [string, Shape, string])[]

/** What the shapes and the colours stand for. */
export function TimelineLegend() {
  const { texts } = usePage()
  const { phases, route } = texts.timeline
  return (
    <ul class="legend">
      {signs.map(([kind, shape, name]) => (
        <li key={name}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path class={kind} d={symbolPath(shape, 8, 8, 5)} />
          </svg>
          {format(texts.events[name], {})}
        </li>
      ))}
      <li>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path class="route" d="M0 8H16" />
        </svg>
        {route}
      </li>
      {(['network', 'encryption', 'login'] as const).map((phase) => (
        <li key={phase}>
          <span class={`key phase-${phase}`} aria-hidden="true" />
          {phases[phase]}
        </li>
      ))}
    </ul>
  )
}
