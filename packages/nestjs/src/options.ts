import type { ConfigurableModuleAsyncOptions } from '@nestjs/common'
import type { CreateTransportOptions, SubmissionSettings } from '@postern/nodemailer'

/** From the least to the most work during boot. */
export const startups = ['lazy', 'background', 'ready'] as const

/**
 * When the mailer first connects. `background`: at start-up, without waiting. `ready`: at start-up, which waits and fails if
 * no mail can be sent. `lazy`: for the first message or health check.
 */
export type Startup = (typeof startups)[number]

/** Options of one mailer. */
export interface PosternModuleOptions {
  /**
   * Anything `createTransport` of `@postern/nodemailer` accepts: settings, nodemailer's SMTP options, or a URL.
   *
   * @default the environment: `SMTP_URL`, or `SMTP_HOST` with `SMTP_USER`, `SMTP_PASS` and the rest
   */
  readonly settings?: SubmissionSettings | undefined
  /** Options of the transport (`pool`, `dkim`, `logger`, `deadline` …), and defaults for every message (`from` …). */
  readonly transport?: CreateTransportOptions | undefined
  /** @default 'background' */
  readonly startup?: Startup | undefined
  /** Milliseconds that pending messages may take to finish at shutdown. @default 10000 */
  readonly shutdownTimeout?: number | undefined
  /** Milliseconds until a check or an accepted message expires as evidence of health. @default 30000 */
  readonly healthTtl?: number | undefined
}

/** Options that `forRootAsync` needs before the factory runs. */
export interface PosternModuleExtras {
  /** Distinguishes several mailers. @default the mailer without a name */
  readonly name?: string | undefined
  /** Whether every module can inject the mailer without importing `PosternModule`. @default false */
  readonly isGlobal?: boolean | undefined
}

/** A class that creates the options, for `useClass` and `useExisting`. */
export interface PosternOptionsFactory {
  createPosternOptions(): PosternModuleOptions | Promise<PosternModuleOptions>
}

/** Options that are created during boot: by `useFactory` with `inject`, `useClass` or `useExisting`. */
export type PosternModuleAsyncOptions = ConfigurableModuleAsyncOptions<PosternModuleOptions, 'createPosternOptions'> &
  PosternModuleExtras
