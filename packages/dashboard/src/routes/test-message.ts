import { randomUUID } from 'node:crypto'
import { diagnose, type Failure, inLocale, isSenderAddress, type Locale } from '@postern/core'
import { type CheckRate, createJsonRoute, type HttpResponse, type JsonRoute, type JsonRouteOptions, problemResponse } from '@postern/core/http'
import type { DashboardMailer, MailerOutcome, NamedMailer } from '../mailer.ts'

/** The test message that the page may send. */
export interface TestMessageOptions {
  /** The sender, as in any message: `App <app@example.com>`. */
  readonly from: string
  /** The recipient. Default: the page asks for it. */
  readonly to?: string | undefined
  /** The number of messages per caller and period. @default { checks: 5, per: 60000 } */
  readonly rate?: CheckRate | undefined
}

/** The outcome of a test message. */
interface TestMessageAnswer extends Partial<Pick<Failure, 'code' | 'message' | 'advice'>> {
  readonly outcome: MailerOutcome['outcome']
  readonly port?: number
}

/** Milliseconds for a test message. */
const DEADLINE = 30_000

/** Sends a real message: `{ "mailer": "default", "to": "ada@example.com" }`. */
export function testMessageRoute(mailers: readonly NamedMailer[], { from, to, rate }: TestMessageOptions, { onError }: Pick<JsonRouteOptions, 'onError'>): JsonRoute {
  return createJsonRoute({ rate: { checks: 5, ...rate }, bodyLimit: 2_048, onError }, async ({ body, locale, signal }) => {
    const wanted = readBody(body, to)
    const chosen = wanted && mailers.find(({ name }) => name === wanted.mailer)
    if (!chosen) return problemResponse('wrong-message', locale)
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)])
    return json(await send(chosen.mailer, { from, to: wanted.to, locale, signal: deadline }))
  })
}

function readBody(body: unknown, fixed: string | undefined): { readonly mailer: string; readonly to: string } | undefined {
  const { mailer, to = fixed } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof mailer !== 'string' || typeof to !== 'string') return undefined
  return to === fixed || (fixed === undefined && isOneAddress(to)) ? { mailer, to } : undefined
}

/** These characters would make it a list or a group, or begin a comment (RFC 5322 §3.4). */
function isOneAddress(text: string): boolean {
  return isSenderAddress(text) && text.lastIndexOf('@') === text.indexOf('@') && !/[,;:"()[\]\\]/.test(text)
}

interface TestMessage {
  readonly from: string
  readonly to: string
  readonly locale: Locale
  readonly signal: AbortSignal
}

/** The outcome comes from the event, which says where the message was accepted or refused. */
async function send(mailer: DashboardMailer, { from, to, locale, signal }: TestMessage): Promise<TestMessageAnswer> {
  const messageId = messageIdFor(from)
  let decided: MailerOutcome | undefined
  const listen = (message: MailerOutcome) => {
    if (message.messageId === messageId) decided = message
  }
  mailer.on('outcome', listen)
  try {
    await mailer.sendMail!({ from, to, messageId, signal, ...texts[locale] })
    return answerOf(decided ?? { outcome: 'accepted' }, locale)
  } catch (error) {
    return answerOf(decided ?? { outcome: 'not-accepted', failure: diagnose(error) }, locale)
  } finally {
    mailer.off('outcome', listen)
  }
}

/** As nodemailer makes it: with the domain of the sender. */
function messageIdFor(from: string): string {
  const [, domain = 'localhost'] = /@([^@\s<>]+)>?\s*$/.exec(from) ?? []
  return `<${randomUUID()}@${domain}>`
}

function answerOf({ outcome, endpoint, failure }: Pick<MailerOutcome, 'outcome' | 'endpoint' | 'failure'>, locale: Locale): TestMessageAnswer {
  const { code, message, advice } = failure ? inLocale(failure, locale) : {}
  return { outcome, ...(endpoint && { port: endpoint.port }), ...(failure && { code, message, advice }) } as TestMessageAnswer
}

function json(answer: TestMessageAnswer): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
}

const texts: Readonly<Record<Locale, { readonly subject: string; readonly text: string }>> = {
  en: { subject: 'Test message', text: 'This message was sent from the mail dashboard, to test that mail is delivered.' },
  de: { subject: 'Testnachricht', text: 'Diese Nachricht wurde in der Mail-Übersicht ausgelöst, um den Versand zu testen.' },
  fr: { subject: 'Message de test', text: 'Ce message a été envoyé depuis le tableau de bord du courrier, pour tester l’envoi.' },
}
