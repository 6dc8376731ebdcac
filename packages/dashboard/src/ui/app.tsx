import type { PageModel } from '../page-model.ts'
import type { DashboardState } from '../state.ts'
import { SettingsCheck } from './form/settings-check.tsx'
import { TestMessage } from './form/test-message.tsx'
import { type Contact, LiveBadge } from './live/live-badge.tsx'
import { MailerList } from './mailer-list.tsx'
import { MailerView } from './mailer-view.tsx'
import { type Page, PageProvider } from './page-context.ts'

/** What the page is rendered from at one moment. */
export interface AppProps {
  readonly page: Page
  readonly data: Pick<PageModel, 'form' | 'testMessage'>
  readonly state: DashboardState
  readonly contact: Contact
}

/** The page. */
export function App({ page, data: { form, testMessage }, state: { mailers, now }, contact }: AppProps) {
  const { texts } = page
  return (
    <PageProvider value={page}>
      <header class="page-head">
        <h1>{texts.title}</h1>
        <LiveBadge contact={contact} />
      </header>
      <main id="content" class={mailers.length > 1 ? 'several' : undefined} tabIndex={-1}>
        {mailers.length > 1 && <MailerList mailers={mailers} />}
        {mailers.length === 0 && <p class="empty">{texts.mailers.none}</p>}
        {mailers.map((mailer) => (
          <MailerView key={mailer.name} mailer={mailer} until={now} />
        ))}
        {(form ?? testMessage) && (
          <div class="columns" hidden={!page.hydrated}>
            {form && <SettingsCheck form={form} />}
            {testMessage && mailers.length > 0 && <TestMessage testMessage={testMessage} mailers={mailers.map(({ name }) => name)} />}
          </div>
        )}
      </main>
    </PageProvider>
  )
}
