/** The error of `@payloadcms/email-nodemailer` for an invalid configuration. */
export class InvalidConfiguration extends Error {}
