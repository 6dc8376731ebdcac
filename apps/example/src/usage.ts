import type { MailSetup } from './mail-setup.ts'

/** Which pages an app has: the lab and the dashboard, or the dashboard alone. */
export type Pages = 'lab' | 'dashboard'

/** The pages, printed before the first message: they work also while the provider is down. */
export function whereToLook(port: number, pages: Pages): string {
  const lab = pages === 'lab' ? `The lab:        http://localhost:${port}/\n` : ''
  return `${lab}The dashboard:  http://localhost:${port}/mail/\n`
}

/** The text printed after start-up. */
export function usage(port: number, checkToken: string, pages: Pages, { embedded }: Pick<MailSetup, 'embedded'>): string {
  const token = process.env.CHECK_TOKEN ? '(your CHECK_TOKEN)' : checkToken
  const hasLab = pages === 'lab'
  const routes: readonly (readonly [line: string, isThere?: boolean])[] = [
    [embedded ? 'GET  /                 the lab: break the provider and watch' : 'GET  /                 which port carries mail', hasLab],
    ['GET  /mail/            the dashboard of outgoing mail'],
    ['GET  /health/smtp      the health of outgoing mail'],
    ['GET  /health/live      liveness, independent of mail'],
    ['GET  /metrics          the metrics of outgoing mail, for Prometheus', hasLab],
    ['POST /send             {"to": "…", "subject": "…", "text": "…"}'],
    ['POST /newsletter       the same, to several addresses separated by commas'],
    ['POST /jobs             the same as /send, in the background; GET /jobs/1 shows the outcome', hasLab],
    ['GET  /inbox            received messages', embedded !== undefined],
    ['GET  /settings/form    what a page for these settings should ask', hasLab],
    ['POST /settings/check   {"settings": {"host": "…", "auth": {…}}, "probe": false}, with'],
    [`                       authorization: Bearer ${token}`],
  ]
  return `
Up at http://localhost:${port}
${routes.flatMap(([line, isThere = true]) => (isThere ? [`  ${line}`] : [])).join('\n')}
Press Ctrl-C to stop.`
}
