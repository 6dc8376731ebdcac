import { tracingChannel } from 'node:diagnostics_channel'
import { type Attributes, type Context, context, type Meter, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import type { Attempt, Endpoint } from '@postern/core'
import type { EndpointMetrics, SendTrace, Transporter } from '@postern/nodemailer'

/** Lets OpenTelemetry read a transport's metrics, at each collection. */
export function observeMail(transport: Transporter, meter: Meter): void {
  const counter = (name: string, description: string, read: (rung: EndpointMetrics) => Readonly<Record<string, number>>) =>
    meter.createObservableCounter(name, { description }).addCallback((result) => {
      for (const rung of transport.metrics().endpoints) {
        for (const [outcome, value] of Object.entries(read(rung))) {
          result.observe(value, { ...attributesOf(rung.endpoint), ...(outcome && { 'postern.outcome': outcome }) })
        }
      }
    })
  counter('postern.attempts', 'Tries to open a connection.', ({ attempts }) => attempts)
  counter('postern.sends', 'Messages by outcome.', ({ sends }) => sends)
  counter('postern.fallbacks', 'Times traffic moved down to this endpoint.', ({ fallbacks }) => ({ '': fallbacks }))
  counter('postern.recoveries', 'Times traffic came back to this endpoint.', ({ recoveries }) => ({ '': recoveries }))
  meter
    .createObservableCounter('postern.unroutable', { description: 'Messages that no endpoint could be found for.' })
    .addCallback((result) => result.observe(transport.metrics().unroutable))
  meter.createObservableGauge('postern.endpoint.in_use', { description: '1 for the endpoint that carries the mail.' }).addCallback((result) => {
    for (const { endpoint, inUse } of transport.metrics().endpoints) result.observe(Number(inUse), attributesOf(endpoint))
  })
}

/**
 * Makes a span of every send, within the caller's own, and one below it for each try that failed on the way.
 *
 * @returns what ends it
 */
export function traceMail(tracer: Tracer): () => void {
  const sends = new WeakMap<object, { readonly span: Span; readonly within: Context }>()
  const subscribers = {
    start(message: object) {
      const { messageId, recipients } = message as SendTrace
      const attributes = { 'postern.message_id': messageId, 'postern.recipients': recipients }
      const span = tracer.startSpan('mail send', { kind: SpanKind.CLIENT, attributes })
      sends.set(message, { span, within: trace.setSpan(context.active(), span) })
    },
    asyncEnd(message: object) {
      const { outcome = '', endpoint, attempts = [], error } = message as SendTrace
      const { span, within } = sends.get(message) ?? {}
      if (!span) return
      for (const attempt of attempts) spanOf(attempt, tracer, within)
      span.setAttributes({ 'postern.outcome': outcome, ...(endpoint && attributesOf(endpoint)) })
      if (error instanceof Error) {
        span.recordException(error)
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message })
      }
      span.end()
    },
    end: () => {},
    asyncStart: () => {},
    error: () => {},
  }
  const sending = tracingChannel('postern:send')
  sending.subscribe(subscribers)
  return () => sending.unsubscribe(subscribers)
}

function spanOf({ endpoint, outcome, stage, failure, startedAt, ms }: Attempt, tracer: Tracer, within: Context | undefined): void {
  const attributes = { ...attributesOf(endpoint), 'postern.outcome': outcome, 'postern.stage': stage }
  const span = tracer.startSpan(`mail attempt ${endpoint.port}`, { kind: SpanKind.CLIENT, startTime: startedAt, attributes }, within)
  if (failure) span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message }).setAttribute('error.type', failure.code)
  span.end(startedAt.getTime() + ms)
}

function attributesOf({ host, port, security }: Endpoint): Attributes {
  return { 'server.address': host, 'server.port': port, 'postern.security': security }
}
