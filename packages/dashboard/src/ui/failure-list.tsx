import { format } from '@postern/core'
import type { RecordedFailure } from '../state.ts'
import { usePage } from './page-context.ts'
import { Section } from './section.tsx'
import { StatusIcon } from './status-icon.tsx'
import { ClockTime, Distance } from './time.tsx'
import { formatCount } from './values.ts'

/** Failures that are shown at once. */
const first = 5

/** The last failures, and what to do about each. */
export function FailureList({ failures }: { readonly failures: readonly RecordedFailure[] }) {
  const { texts } = usePage()
  return (
    <Section title={texts.failures.title} kind="failures">
      {failures.length === 0 ? (
        <p class="empty">{texts.failures.none}</p>
      ) : (
        <>
          <Entries failures={failures.slice(0, first)} />
          {failures.length > first && (
            <details>
              <summary>{format(texts.failures.older, { count: failures.length - first })}</summary>
              <Entries failures={failures.slice(first)} />
            </details>
          )}
        </>
      )}
    </Section>
  )
}

function Entries({ failures }: { readonly failures: readonly RecordedFailure[] }) {
  return (
    <ol class="failure-list">
      {failures.map((failure) => (
        <FailureEntry key={`${failure.code} ${failure.at}`} failure={failure} />
      ))}
    </ol>
  )
}

function FailureEntry({ failure }: { readonly failure: RecordedFailure }) {
  const { texts, locale } = usePage()
  const { code, stage, message, advice, at, count, port, delivery } = failure
  return (
    <li class="note">
      <StatusIcon status={delivery === 'unknown' ? 'warn' : 'fail'} />
      <div>
        <p>{message}</p>
        <p class="advice">{advice}</p>
        {delivery === 'unknown' && <p class="advice">{texts.failures.unknown}</p>}
        <p class="meta">
          <span>
            <ClockTime at={at} precision="second" /> (<Distance at={at} />)
          </span>
          {count > 1 && <b>{format(texts.failures.times, { count: formatCount(count, locale) })}</b>}
          <span>{port ?? texts.failures.noPort}</span>
          <span>{texts.stages[stage]}</span>
          <code>{code}</code>
        </p>
      </div>
    </li>
  )
}
