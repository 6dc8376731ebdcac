import { format } from '@postern/core'
import { useMemo, useState } from 'preact/hooks'
import type { MailerState } from '../../state.ts'
import { usePage } from '../page-context.ts'
import { Section } from '../section.tsx'
import { formatPeriod } from '../values.ts'
import { drawTimeline } from './draw-timeline.ts'
import { periodOf, periods } from './periods.ts'
import { summarise } from './summary.ts'
import { TimelineChart } from './timeline-chart.tsx'
import { TimelineLegend } from './timeline-legend.tsx'
import { TimelineTable } from './timeline-table.tsx'
import { useWidth } from './use-width.ts'

/** The width before the script runs. A narrower screen scrolls. */
const initialWidth = 720

/** What happened: attempts and changes of port above, messages below. `until` is the end of the time axis. */
export function TimelineView(props: TimelineProps) {
  const { timeline } = usePage().texts
  return (
    <Section title={timeline.title} kind="timeline">
      {props.mailer.events.length === 0 ? <p class="empty">{timeline.empty}</p> : <Timeline {...props} />}
    </Section>
  )
}

interface TimelineProps {
  readonly mailer: MailerState
  readonly until: number
}

function Timeline({ mailer, until }: TimelineProps) {
  const { texts, locale, hydrated, loadEarlier } = usePage()
  const { timeline } = texts
  const [ref, width] = useWidth(initialWidth)
  const [chosen, choose] = useState<number>()
  const period = chosen ?? periodOf(mailer.events, until)
  const drawing = useMemo(() => drawTimeline({ mailer, now: until, period, width }), [mailer, until, period, width])
  const sums = useMemo(() => summarise(mailer.events.filter(({ at }) => at >= until - period)), [mailer, until, period])
  const onPeriod = (value: number) => {
    choose(value)
    loadEarlier?.()
  }
  return (
    <>
      <div class="timeline-head">
        <TimelineLegend />
        <label class="period" hidden={!hydrated}>
          {timeline.range}{' '}
          <select value={period} onChange={({ currentTarget }) => onPeriod(Number(currentTarget.value))}>
            {periods.map((one) => (
              <option key={one} value={one}>
                {formatPeriod(one, locale)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="timeline-scroll" ref={ref} role="region" tabIndex={0} aria-label={timeline.scrollable}>
        <TimelineChart drawing={drawing} period={period} label={format(timeline.summary, { range: formatPeriod(period, locale), ...sums })} />
      </div>
      <TimelineTable events={mailer.events} />
    </>
  )
}
