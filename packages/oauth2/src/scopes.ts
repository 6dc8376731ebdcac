/** The scopes that mail servers require. */
export const smtpScopes = {
  /** Microsoft 365 with client credentials: all application permissions that were granted. */
  microsoftApp: 'https://outlook.office365.com/.default',
  /** Microsoft 365 with a user's sign-in; `offline_access` requests a refresh token. */
  microsoftUser: 'https://outlook.office.com/SMTP.Send offline_access',
  /** Gmail and Google Workspace. */
  google: 'https://mail.google.com/',
} as const
