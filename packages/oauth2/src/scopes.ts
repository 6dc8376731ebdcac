/** What an access token must be issued for so that a mail server accepts it. */
export const smtpScopes = {
  /** Microsoft 365, for an app that logs in by itself: every application permission it was granted. */
  microsoftApp: 'https://outlook.office365.com/.default',
  /** Microsoft 365, on behalf of a user; `offline_access` brings a refresh token. */
  microsoftUser: 'https://outlook.office.com/SMTP.Send offline_access',
  /** Gmail and Google Workspace. */
  google: 'https://mail.google.com/',
} as const
