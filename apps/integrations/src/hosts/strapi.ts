import { submissionTransport } from '@postern/nodemailer'

/** `config/plugins.ts` */
export default ({ env }: { readonly env: (name: string) => string }) => ({
  email: {
    config: {
      provider: 'nodemailer',
      providerOptions: submissionTransport(env('SMTP_URL')),
      settings: { defaultFrom: 'app@example.com', defaultReplyTo: 'app@example.com' },
    },
  },
})
