/** The version that nodemailer's log shows. nodemailer requires it of every transport. */
export const version = '0.1'
