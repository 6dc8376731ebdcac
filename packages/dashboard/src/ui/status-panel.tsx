import type { MailerState } from '../state.ts'
import { usePage } from './page-context.ts'
import { StatusIcon } from './status-icon.tsx'

/** One word, and why it is not the best one. The word alone is announced when it changes. */
export function StatusPanel({ mailer }: { readonly mailer: MailerState }) {
  const { texts } = usePage()
  const { name, status, advice } = mailer
  const message = mailer.message ?? (status === 'unknown' ? texts.untried : undefined)
  return (
    <div class="status">
      <StatusIcon status={status} />
      <div>
        <p class="status-word" role="status">
          <span class="unseen">{name}: </span>
          {texts.status[status]}
        </p>
        {message && <p class="status-message">{message}</p>}
        {advice && <p class="advice">{advice}</p>}
      </div>
    </div>
  )
}
