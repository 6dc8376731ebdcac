import Nodemailer, { type NodemailerConfig } from '@auth/core/providers/nodemailer'
import type { SubmissionTransport } from '@postern/nodemailer'

/** For `providers: [signInByMail(transport, from)]`. Auth.js creates a transporter for each message; the plug-in remembers the port. */
export const signInByMail = (transport: SubmissionTransport, from: string): NodemailerConfig => Nodemailer({ server: transport, from })
