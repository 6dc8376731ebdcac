import type { TimelineEvent } from '../../state.ts'
import { usePage } from '../page-context.ts'
import { ClockTime } from '../time.tsx'
import { formatLatency } from '../values.ts'
import { eventText } from './event-text.ts'

const most = 50

/** The latest events in text, for people who do not see the drawing, or want to copy it. */
export function TimelineTable({ events }: { readonly events: readonly TimelineEvent[] }) {
  const { texts, locale } = usePage()
  const { table, tableCaption, columns } = texts.timeline
  return (
    <details class="events">
      <summary>{table}</summary>
      <div class="table-scroll" role="region" tabIndex={0} aria-label={tableCaption}>
        <table>
          <caption class="unseen">{tableCaption}</caption>
          <thead>
            <tr>
              <th scope="col">{columns.time}</th>
              <th scope="col">{columns.event}</th>
              <th scope="col">{columns.port}</th>
              <th scope="col">{columns.duration}</th>
            </tr>
          </thead>
          <tbody>
            {events
              .slice(-most)
              .toReversed()
              .map((event) => (
                <tr key={event.id}>
                  <td>
                    <ClockTime at={event.at} precision="second" />
                  </td>
                  <td>{eventText(event, texts)}</td>
                  <td>{'port' in event && event.port}</td>
                  <td>{'ms' in event && formatLatency(event.ms, locale)}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
