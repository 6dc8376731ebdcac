import type { Transporter } from '@postern/nodemailer'
import type { BetterAuthOptions } from 'better-auth'

interface MailOptions {
  readonly from: string
  /** Called with every error of a message. */
  readonly report?: (error: unknown) => void
  /** Keeps a serverless function running until the message is sent, such as `waitUntil` of `@vercel/functions`. */
  readonly waitUntil?: (sending: Promise<unknown>) => void
}

/** For `betterAuth({ ...authMail(mailer, { from }), database })`. */
export function authMail(mailer: Transporter, { from, report = console.error, waitUntil = () => {} }: MailOptions) {
  // Better Auth's response does not wait for the message: its duration and its status would show that the account exists.
  const send = async (to: string, subject: string, text: string) => waitUntil(mailer.sendMail({ from, to, subject, text }).catch(report))

  return {
    emailAndPassword: {
      enabled: true,
      sendResetPassword: ({ user, url }) => send(user.email, 'Reset your password', `Open this page to choose a new password: ${url}`),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendVerificationEmail: ({ user, url }) => send(user.email, 'Confirm your address', `Open this page to confirm your address: ${url}`),
    },
  } satisfies BetterAuthOptions
}
