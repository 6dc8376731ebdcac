/** The path of the dashboard. */
export const DASHBOARD = '/mail/'

/** The pages, printed before the first message: they work also while the provider is down. */
export function whereToLook(port: number): string {
  return `The lab:        http://localhost:${port}/
The dashboard:  http://localhost:${port}${DASHBOARD}
`
}

/** The text printed after start-up. */
export function usage(port: number, checkToken: string): string {
  const token = process.env.CHECK_TOKEN ? '(your CHECK_TOKEN)' : checkToken
  return `
Up at http://localhost:${port}
  GET  /                 the lab: break the provider and watch
  GET  ${DASHBOARD.padEnd(17)} the dashboard of outgoing mail
  GET  /health/smtp      the health of outgoing mail
  GET  /health/live      liveness, independent of mail
  GET  /metrics          the metrics of outgoing mail, for Prometheus
  POST /send             {"to": "…", "subject": "…", "text": "…"}
  GET  /inbox            received messages
  POST /settings/check   {"settings": {"host": "…", "auth": {…}}, "probe": false}, with
                         authorization: Bearer ${token}
Press Ctrl-C to stop.`
}
