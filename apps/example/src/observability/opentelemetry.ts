import { tracingChannel } from 'node:diagnostics_channel'
import { type Attributes, type Context, context, type Meter, type Span, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import type { Attempt, Endpoint } from '@postern/core'
import type { EndpointMetrics, SendTrace, Transporter } from '@postern/nodemailer'

/** Registers a transport's metrics. OpenTelemetry reads them at each collection. */
export function observeMail(transport: Transporter, meter: Meter): void {
  const counter = (name: string, description: string, read: (rung: EndpointMetrics) => Readonly<Record<string, number>>) =>
    meter.createObservableCounter(name, { description }).addCallback((result) => {
      for (const rung of transport.metrics().endpoints) {
        for (const [outcome, value] of Object.entries(read(rung))) {
          result.observe(value, { ...attributesOf(rung.endpoint), ...(outcome && { 'postern.outcome': outcome }) })
        }
      }
    })
  counter('postern.attempts', 'Connection attempts by outcome.', ({ attempts }) => attempts)
  counter('postern.sends', 'Messages by outcome.', ({ sends }) => sends)
  counter('postern.fallbacks', 'Fallbacks to this endpoint.', ({ fallbacks }) => ({ '': fallbacks }))
  counter('postern.recoveries', 'Recoveries to this endpoint.', ({ recoveries }) => ({ '': recoveries }))
  meter
    .createObservableCounter('postern.unroutable', { description: 'Messages without a usable endpoint.' })
    .addCallback((result) => result.observe(transport.metrics().unroutable))
  meter.createObservableGauge('postern.endpoint.in_use', { description: '1 for the endpoint in use.' }).addCallback((result) => {
    for (const { endpoint, inUse } of transport.metrics().endpoints) result.observe(Number(inUse), attributesOf(endpoint))
  })
}

/**
 * Records a span for every send inside the caller's span, with a child span for each failed attempt.
 *
 * @returns a function that stops recording
 */
export function traceMail(tracer: Tracer): () => void {
  const sends = new WeakMap<object, { readonly span: Span; readonly parent: Context }>()
  const subscribers = {
    start(message: object) {
      const { messageId, recipients } = message as SendTrace
      const attributes = { 'postern.message_id': messageId, 'postern.recipients': recipients }
      const span = tracer.startSpan('mail send', { kind: SpanKind.CLIENT, attributes })
      sends.set(message, { span, parent: trace.setSpan(context.active(), span) })
    },
    asyncEnd(message: object) {
      const { outcome = '', endpoint, attempts = [], error } = message as SendTrace
      const { span, parent } = sends.get(message) ?? {}
      if (!span) return
      for (const attempt of attempts) spanOf(attempt, tracer, parent)
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

function spanOf({ endpoint, outcome, stage, failure, startedAt, ms }: Attempt, tracer: Tracer, parent: Context | undefined): void {
  const attributes = { ...attributesOf(endpoint), 'postern.outcome': outcome, 'postern.stage': stage }
  const span = tracer.startSpan(`mail attempt ${endpoint.port}`, { kind: SpanKind.CLIENT, startTime: startedAt, attributes }, parent)
  if (failure) span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message }).setAttribute('error.type', failure.code)
  span.end(startedAt.getTime() + ms)
}

function attributesOf({ host, port, security }: Endpoint): Attributes {
  return { 'server.address': host, 'server.port': port, 'postern.security': security }
}
