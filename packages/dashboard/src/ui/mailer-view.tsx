import type { MailerState } from '../state.ts'
import { Facts } from './facts.tsx'
import { FailureList } from './failure-list.tsx'
import { GateList } from './gate-list.tsx'
import { mailerId } from './mailer-list.tsx'
import { PoolView } from './pool-view.tsx'
import { StatusPanel } from './status-panel.tsx'
import { TimelineView } from './timeline/timeline-view.tsx'

/** Everything about one mailer, in the order of the questions. */
export function MailerView({ mailer, until }: { readonly mailer: MailerState; readonly until: number }) {
  const { name, host, pool, failures } = mailer
  const id = mailerId(name)
  return (
    <article class="mailer" id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>
        {host} <small>{name}</small>
      </h2>
      <div class="first-look">
        <StatusPanel mailer={mailer} />
        <Facts mailer={mailer} />
      </div>
      <GateList mailer={mailer} />
      <TimelineView mailer={mailer} until={until} />
      <div class="columns">
        <FailureList failures={failures} />
        {pool && <PoolView pool={pool} />}
      </div>
    </article>
  )
}
