import type { ComponentChildren } from 'preact'
import type { MailerState } from '../state.ts'
import { Fill } from './fill.tsx'
import { usePage } from './page-context.ts'
import { ClockTime, Distance } from './time.tsx'
import { formatCount, formatDays } from './values.ts'

/** What an operator asks first: the port, the numbers, the certificate. */
export function Facts({ mailer }: { readonly mailer: MailerState }) {
  const { texts, locale } = usePage()
  const { facts, gates } = texts
  const { inUse, sentLastHour, failedLastDay, certificateDays } = mailer
  return (
    <dl class="facts">
      <Fact label={facts.port}>
        {inUse ? inUse.port : facts.noPort}
        {inUse && (
          <small>
            {gates.security[inUse.security]},{' '}
            <Fill text={facts.since} name="time">
              <ClockTime at={inUse.since} />
            </Fill>{' '}
            (<Distance at={inUse.since} />)
          </small>
        )}
      </Fact>
      <Fact label={facts.sent}>{formatCount(sentLastHour, locale)}</Fact>
      <Fact label={facts.failed}>{formatCount(failedLastDay, locale)}</Fact>
      <Fact label={facts.certificate}>{certificateDays === undefined ? facts.noCertificate : formatDays(certificateDays, locale)}</Fact>
    </dl>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
