import { useEffect, useState } from 'preact/hooks'
import type { MailerState } from '../state.ts'
import { usePage } from './page-context.ts'
import { StatusIcon } from './status-icon.tsx'
import { formatCount } from './values.ts'

/** The id of the part of a mailer. Names may have spaces, ids may not. */
export function mailerId(name: string): string {
  return `mailer-${encodeURIComponent(name)}`
}

/** All mailers at a glance. Each leads to its part, which is shown alone: by CSS, so that it works without script and in a link. */
export function MailerList({ mailers }: { readonly mailers: readonly MailerState[] }) {
  const { texts, locale } = usePage()
  const current = useFragment()
  return (
    <nav class="mailers" aria-label={texts.mailers.title}>
      <ul>
        {mailers.map(({ name, host, status, message, inUse, sentLastHour, failedLastDay }) => (
          <li key={name}>
            <a href={`#${mailerId(name)}`} aria-current={current === mailerId(name) ? 'true' : undefined}>
              <span class="mailer-name">
                <StatusIcon status={status} />
                <b>{name}</b> {texts.status[status]}
              </span>
              <span class="mailer-host">{host}</span>
              {message && <span>{message}</span>}
              <span class="mailer-facts">
                <span>
                  {texts.facts.port}: <b>{inUse?.port ?? texts.facts.noPort}</b>
                </span>
                <span>
                  {texts.facts.sent}: <b>{formatCount(sentLastHour, locale)}</b>
                </span>
                <span>
                  {texts.facts.failed}: <b>{formatCount(failedLastDay, locale)}</b>
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** The fragment of the address, without `#`. */
function useFragment(): string {
  const [fragment, setFragment] = useState('')
  useEffect(() => {
    const read = () => setFragment(location.hash.slice(1))
    read()
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  return fragment
}
