import { format } from '@postern/core'
import type { TimelineEvent } from '../../state.ts'
import { usePage } from '../page-context.ts'
import { formatClock, formatLatency } from '../values.ts'
import { barWidth } from './attempt-mark.ts'
import type { Cell } from './cells.ts'
import type { TimelineDrawing } from './draw-timeline.ts'
import { eventText } from './event-text.ts'

const day = 24 * 60 * 60_000

/** The drawing as SVG. The marks have titles for a pointer; the table below has the same in text. */
export function TimelineChart({ drawing, period, label }: { readonly drawing: TimelineDrawing; readonly period: number; readonly label: string }) {
  const { texts, locale, hydrated, now } = usePage()
  const { width, height, left, right, lanes, ticks, latencies, route, attempts, changes, outages, sends, lanesEnd, sendsEnd } = drawing
  const zone = hydrated ? undefined : 'UTC'
  const clock = (at: number, precision: 'second' | 'minute') => formatClock(at, period > day / 2 ? now : at, locale, zone, precision)
  return (
    <svg class="timeline-chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <g class="axis">
        {ticks.map(({ x, at }) => (
          <g key={at}>
            <path d={`M${x} 14V${sendsEnd}`} />
            <text x={x} y={height - 6} text-anchor={x > right - 24 ? 'end' : x < left + 24 ? 'start' : 'middle'}>
              {clock(at, period <= 60_000 ? 'second' : 'minute')}
            </text>
          </g>
        ))}
        {lanes.map(({ port, y }) => (
          <g key={y}>
            <path class="lane" d={`M${left} ${y}H${right}`} />
            <text class="lane-name" x="0" y={y + 1}>
              {port}
            </text>
          </g>
        ))}
        {latencies.map(({ y, ms }) => (
          <g key={ms}>
            <path d={`M${left} ${y}H${right}`} />
            <text x={left - 8} y={y + 4} text-anchor="end">
              {formatLatency(ms, locale)}
            </text>
          </g>
        ))}
        <text class="panel-name" x={left} y={lanesEnd + 22}>
          {texts.timeline.sends}
        </text>
      </g>
      <path class="route" d={route} />
      {attempts.map((mark) => (
        <g key={mark.item.id} class={`attempt is-${mark.item.outcome}`}>
          <MarkTitle mark={mark} />
          {mark.segments.map(({ y, height, phase }) => (
            <rect class={`phase-${phase}`} x={mark.x} y={y} width={barWidth} height={height} />
          ))}
          {mark.sign && <path class="sign" d={mark.sign} />}
        </g>
      ))}
      {outages.map((mark) => (
        <g key={mark.item.id} class="outage">
          <MarkTitle mark={mark} />
          <path class="outage-line" d={`M${mark.x} 14V${lanesEnd}`} />
          <path class="sign" d={mark.d} />
        </g>
      ))}
      {[...changes, ...sends].map((mark) => (
        <path key={mark.item.id} class={mark.item.kind === 'send' ? `send is-${mark.item.outcome}` : `change is-${mark.item.kind}`} d={mark.d}>
          <MarkTitle mark={mark} />
        </path>
      ))}
    </svg>
  )
}

function MarkTitle({ mark: { item, count } }: { readonly mark: Cell<TimelineEvent> }) {
  const { texts, locale } = usePage()
  const latency = 'ms' in item ? `, ${formatLatency(item.ms, locale)}` : ''
  const text = `${eventText(item, texts)}${latency}`
  return <title>{count > 1 ? format(texts.timeline.several, { count, text }) : text}</title>
}
