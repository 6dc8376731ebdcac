/** The text printed after start-up. */
export function usage(port: number, checkToken: string): string {
  const token = process.env.CHECK_TOKEN ? '(your CHECK_TOKEN)' : checkToken
  return `
Up at http://localhost:${port}
  GET  /health/smtp      the health of outgoing mail
  GET  /health/live      liveness, independent of mail
  POST /send             {"to": "…", "subject": "…", "text": "…"}
  GET  /inbox            received messages
  POST /settings/check   {"settings": {"host": "…", "auth": {…}}, "probe": false}, with
                         authorization: Bearer ${token}
A page to test settings: http://localhost:${port}/settings#${token}
Press Ctrl-C to stop.`
}
