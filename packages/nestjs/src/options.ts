import type { ConfigurableModuleAsyncOptions } from '@nestjs/common'
import type { CreateTransportOptions, SubmissionSettings } from '@postern/nodemailer'

/** Every way to start, in the order of how much they ask of the boot. */
export const startups = ['lazy', 'background', 'ready'] as const

/**
 * When the mail server is first spoken to. `background`: at start-up, and nothing waits for it; health tells how it goes.
 * `ready`: at start-up, which waits for it, and fails if no mail can be sent. `lazy`: with the first message or check.
 */
export type Startup = (typeof startups)[number]

/** How one mailer works. */
export interface PosternModuleOptions {
  /**
   * What `createTransport` of `@postern/nodemailer` takes: settings, nodemailer's options for SMTP, or a URL.
   *
   * @default the environment: `SMTP_URL`, or `SMTP_HOST` with `SMTP_USER`, `SMTP_PASS` and the rest
   */
  readonly settings?: SubmissionSettings | undefined
  /** Options of the transport (`pool`, `dkim`, `logger`, `deadline` …), and defaults for every message (`from` …). */
  readonly transport?: CreateTransportOptions | undefined
  /** @default 'background' */
  readonly startup?: Startup | undefined
  /** Milliseconds that messages under way are given to finish when the app shuts down. @default 10000 */
  readonly shutdownTimeout?: number | undefined
  /** Milliseconds for which a check, or a message that was accepted, answers for the mailer's health. @default 30000 */
  readonly healthTtl?: number | undefined
}

/** What is known of a mailer before it is made. */
export interface PosternModuleExtras {
  /** Set it to have several mailers side by side. @default the mailer without a name */
  readonly name?: string | undefined
  /** Whether every module can inject the mailer without importing `PosternModule`. @default false */
  readonly isGlobal?: boolean | undefined
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface PosternOptionsFactory {
  createPosternOptions(): PosternModuleOptions | Promise<PosternModuleOptions>
}

/** Options that are made while the app boots: by `useFactory` with `inject`, by `useClass` or by `useExisting`. */
export type PosternModuleAsyncOptions = ConfigurableModuleAsyncOptions<PosternModuleOptions, 'createPosternOptions'> &
  PosternModuleExtras
