import type { EndpointMetrics, Transporter } from '@postern/nodemailer'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Registers a transport's metrics. Prometheus reads them at each scrape. */
export function registerMail(transport: Transporter, registry: Registry): void {
  /** A perEndpoint with one value per endpoint and label. */
  const perEndpoint = (Kind: typeof Counter | typeof Gauge, name: string, help: string, labelNames: string[], read: (rung: EndpointMetrics) => Reading[]) =>
    new Kind({
      name,
      help,
      labelNames: ['host', 'port', 'security', ...labelNames],
      registers: [registry],
      collect() {
        // The transport counts totals, so set them instead of adding.
        this.reset()
        for (const rung of transport.metrics().endpoints) {
          const { host, port, security } = rung.endpoint
          for (const [labels, value] of read(rung)) this.inc({ host, port, security, ...labels }, value)
        }
      },
    })

  perEndpoint(Counter, 'postern_attempts_total', 'Connection attempts by outcome.', ['outcome'], ({ attempts }) => byOutcome(attempts))
  perEndpoint(Counter, 'postern_sends_total', 'Messages by outcome.', ['outcome'], ({ sends }) => byOutcome(sends))
  perEndpoint(Counter, 'postern_fallbacks_total', 'Fallbacks to this endpoint.', [], ({ fallbacks }) => [[{}, fallbacks]])
  perEndpoint(Counter, 'postern_recoveries_total', 'Recoveries to this endpoint.', [], ({ recoveries }) => [[{}, recoveries]])
  perEndpoint(Gauge, 'postern_endpoint_in_use', '1 for the endpoint in use.', [], ({ inUse }) => [[{}, Number(inUse)]])
  perEndpoint(Gauge, 'postern_endpoint_up', '1 for an endpoint whose last attempt succeeded.', [], ({ status }) => (status === 'untried' ? [] : [[{}, Number(status === 'up')]]))

  const perTransport = (Kind: typeof Counter | typeof Gauge, name: string, help: string, read: () => number) =>
    new Kind({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  perTransport(Counter, 'postern_unroutable_total', 'Messages without a usable endpoint.', () => transport.metrics().unroutable)
  perTransport(Counter, 'postern_exhausted_total', 'Times that no endpoint was usable.', () => transport.metrics().exhausted)
  perTransport(Gauge, 'postern_messages_pending', 'Messages without an outcome yet.', () => transport.metrics().pending)
}

type Reading = [labels: { readonly outcome?: string }, value: number]

function byOutcome(counts: Readonly<Record<string, number>>): Reading[] {
  return Object.entries(counts).map(([outcome, value]) => [{ outcome }, value])
}
