import type { MailSetup } from './mail-setup.ts'

/** The pages, printed before the first message: they work also while the provider is down. */
export function whereToLook(port: number): string {
  return `The lab:        http://localhost:${port}/
The dashboard:  http://localhost:${port}/mail/
`
}

/** The text printed after start-up. */
export function usage(port: number, checkToken: string, { embedded }: Pick<MailSetup, 'embedded'>): string {
  const token = process.env.CHECK_TOKEN ? '(your CHECK_TOKEN)' : checkToken
  const routes = [
    embedded ? 'GET  /                 the lab: break the provider and watch' : 'GET  /                 which port carries mail',
    'GET  /mail/            the dashboard of outgoing mail',
    'GET  /health/smtp      the health of outgoing mail',
    'GET  /health/live      liveness, independent of mail',
    'GET  /metrics          the metrics of outgoing mail, for Prometheus',
    'POST /send             {"to": "…", "subject": "…", "text": "…"}',
    'POST /jobs             the same, in the background; GET /jobs/1 shows the outcome',
    ...(embedded ? ['GET  /inbox            received messages'] : []),
    'POST /settings/check   {"settings": {"host": "…", "auth": {…}}, "probe": false}, with',
    `                       authorization: Bearer ${token}`,
  ]
  return `
Up at http://localhost:${port}
${routes.map((route) => `  ${route}`).join('\n')}
Press Ctrl-C to stop.`
}
