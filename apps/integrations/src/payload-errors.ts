/** What `@payloadcms/email-nodemailer` throws where it is set up wrongly. */
export class InvalidConfiguration extends Error {}
