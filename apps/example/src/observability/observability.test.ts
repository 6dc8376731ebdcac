import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Context, type ContextManager, context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { createTransport, type Transporter } from '@postern/nodemailer'
import { type Provider, startProvider } from '@postern/testing'
import { Registry } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { observeMail, traceMail } from './opentelemetry.ts'
import { registerMail } from './prometheus.ts'

/** A provider that refuses connections on 587, and a transport to it. */
async function start(): Promise<{ readonly provider: Provider; readonly transport: Transporter }> {
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const transport = createTransport(provider.settings)
  onTestFinished(async () => {
    transport.close()
    await provider.close()
  })
  return { provider, transport }
}

const message = { from: 'app@postern.test', to: 'ada@postern.test', subject: 'Hello', text: 'Counted.' }

describe('Prometheus', () => {
  it('reads the counters and gauges of each endpoint at every scrape', async () => {
    const { provider, transport } = await start()
    const registry = new Registry()
    registerMail(transport, registry)
    const scrape = async () => (await registry.metrics()).split('\n')
    const labels = (port: 587 | 2525) => `host="127.0.0.1",port="${provider.ports[port]}",security="starttls"`
    expect(await scrape()).toContain(`postern_sends_total{${labels(2525)},outcome="accepted"} 0`)

    await transport.sendMail(message)
    await provider.fault(2525, 'recipient-rejected')
    await transport.sendMail(message).catch(() => {})
    for (const lines of [await scrape(), await scrape()]) {
      expect(lines).toEqual(
        expect.arrayContaining([
          `postern_attempts_total{${labels(587)},outcome="failed"} 1`,
          `postern_sends_total{${labels(2525)},outcome="accepted"} 1`,
          `postern_sends_total{${labels(2525)},outcome="not-accepted"} 1`,
          `postern_sends_total{${labels(587)},outcome="accepted"} 0`,
          `postern_fallbacks_total{${labels(2525)}} 1`,
          `postern_recoveries_total{${labels(587)}} 0`,
          `postern_endpoint_in_use{${labels(2525)}} 1`,
          `postern_endpoint_up{${labels(587)}} 0`,
          'postern_unroutable_total 0',
          'postern_exhausted_total 0',
          'postern_messages_pending 0',
        ]),
      )
    }
  })
})

describe('OpenTelemetry', () => {
  it('reads the counters and gauges of each endpoint', async () => {
    const { provider, transport } = await start()
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
    observeMail(transport, meters.getMeter('mail'))
    await transport.sendMail(message)
    await meters.forceFlush()
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    const value = (name: string, port: 587 | 2525, outcome?: string) =>
      metrics
        .find(({ descriptor }) => descriptor.name === name)
        ?.dataPoints.find(({ attributes }) => attributes['server.port'] === provider.ports[port] && attributes['postern.outcome'] === outcome)?.value
    expect(value('postern.attempts', 587, 'failed')).toBe(1)
    expect(value('postern.sends', 2525, 'accepted')).toBe(1)
    expect(value('postern.sends', 587, 'accepted')).toBe(0)
    expect(value('postern.fallbacks', 2525)).toBe(1)
    expect(value('postern.endpoint.in_use', 2525)).toBe(1)
    await meters.shutdown()
  })

  it('records a span per send inside the caller’s span, and one per failed attempt', async () => {
    const { provider, transport } = await start()
    const exporter = new InMemorySpanExporter()
    const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('mail')
    context.setGlobalContextManager(new Contexts())
    const end = traceMail(tracer)
    onTestFinished(() => {
      end()
      context.disable()
    })

    const outer = tracer.startSpan('sign up')
    await context.with(trace.setSpan(ROOT_CONTEXT, outer), () => transport.sendMail(message))
    const [attempt, send] = exporter.getFinishedSpans()
    expect(attempt).toMatchObject({ name: `mail attempt ${provider.ports[587]}`, attributes: { 'error.type': 'connect-refused' } })
    expect(attempt!.parentSpanContext?.spanId).toBe(send!.spanContext().spanId)
    expect(send).toMatchObject({ name: 'mail send', attributes: { 'postern.outcome': 'accepted', 'server.port': provider.ports[2525], 'postern.recipients': 1 } })
    expect(send!.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)

    await provider.fault(2525, 'drops-after-body')
    await transport.sendMail(message).catch(() => {})
    expect(exporter.getFinishedSpans().at(-1)).toMatchObject({ attributes: { 'postern.outcome': 'unknown' }, status: { code: SpanStatusCode.ERROR } })
  })
})

it.each([
  ['prometheus-main', /postern_sends_total\{.*outcome="accepted"\} 1\n/],
  ['opentelemetry-main', /name: 'mail send'[\s\S]*name: 'postern.sends'/],
])('%s prints them with the built-in provider and exits', { timeout: 30_000 }, async (name, shown) => {
  const main = fileURLToPath(new URL(`../../dist/observability/${name}.js`, import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main], { env: { PATH: process.env.PATH } })
  expect(stdout).toMatch(shown)
  expect(stderr).toBe('')
})

/** Tracks the active span, as `@opentelemetry/sdk-node` would. */
class Contexts implements ContextManager {
  readonly #store = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#store.getStore() ?? ROOT_CONTEXT
  }

  with<Args extends unknown[], Return>(active: Context, run: (...args: Args) => Return, self?: ThisParameterType<typeof run>, ...args: Args): Return {
    return this.#store.run(active, () => run.call(self, ...args))
  }

  bind<T>(_active: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }
}
