import type { AttemptEvent, Gate } from '../state.ts'
import { GateDrawing } from './gate-drawing.tsx'
import { usePage } from './page-context.ts'
import { StageBar } from './stage-bar.tsx'
import { Distance } from './time.tsx'
import { formatDays, formatLatency } from './values.ts'

/** A port: whether it is open, how it encrypts, and why it cannot be used. */
export function GateCard({ gate, connection }: { readonly gate: Gate; readonly connection: AttemptEvent | undefined }) {
  const { texts, locale } = usePage()
  const { gates } = texts
  const { port, security, status, inUse, failure, tls, triedAt, nextCheckAt, certificateDays } = gate
  return (
    <li class={inUse ? 'gate in-use' : 'gate'}>
      <div class="gate-head">
        <GateDrawing status={status} />
        <div>
          <h4>
            {port} <small>{gates.security[security]}</small>
          </h4>
          <p class={`gate-state is-${status}`}>
            {gates[status]}
            {inUse && <span class="badge">{gates.inUse}</span>}
          </p>
        </div>
      </div>
      {failure && (
        <div class="gate-failure">
          <p>{failure.message}</p>
          <p class="advice">{failure.advice}</p>
        </div>
      )}
      <dl class="pairs">
        {tls && (
          <div>
            <dt>TLS</dt>
            <dd>
              {tls.protocol} <small>{tls.cipher}</small>
              {!tls.verified && <em>{gates.unverified}</em>}
            </dd>
          </div>
        )}
        {certificateDays !== undefined && (
          <div>
            <dt>{gates.certificate}</dt>
            <dd>{formatDays(certificateDays, locale)}</dd>
          </div>
        )}
        {triedAt !== undefined && (
          <div>
            <dt>{gates.tried}</dt>
            <dd>
              <Distance at={triedAt} />
            </dd>
          </div>
        )}
        {nextCheckAt !== undefined && (
          <div>
            <dt>{gates.next}</dt>
            <dd>
              <Distance at={nextCheckAt} />
            </dd>
          </div>
        )}
        {connection && (
          <div>
            <dt>{gates.connection}</dt>
            <dd>{formatLatency(connection.ms, locale)}</dd>
          </div>
        )}
      </dl>
      {connection && <StageBar attempt={connection} />}
    </li>
  )
}
