/** What this package calls itself in nodemailer's log; nodemailer asks every transport for it. */
export const version = '0.1'
