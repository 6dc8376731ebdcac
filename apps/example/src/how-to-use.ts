/** What the app tells once it is up. */
export function howToUse(port: number, checkToken: string): string {
  return `
Up at http://localhost:${port}
  GET  /health/smtp      how the mail is doing
  GET  /health/live      that the app answers, whatever the mail does
  POST /send             {"to": "…", "subject": "…", "text": "…"}
  GET  /inbox            what has arrived
  POST /settings/check   {"settings": {"host": "…", "auth": {…}}, "probe": false}, with
                         authorization: Bearer ${process.env.CHECK_TOKEN ? '(your CHECK_TOKEN)' : checkToken}
Ctrl-C ends it.`
}
