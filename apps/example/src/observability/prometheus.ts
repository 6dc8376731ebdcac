import type { EndpointMetrics, Transporter } from '@postern/nodemailer'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Lets a Prometheus registry read a transport's metrics, anew at each scrape. */
export function registerMail(transport: Transporter, registry: Registry): void {
  /** A number for each combination of labels, read from the transport. */
  const metric = (Kind: typeof Counter | typeof Gauge, name: string, help: string, labelNames: string[], read: (rung: EndpointMetrics) => Reading[]) =>
    new Kind({
      name,
      help,
      labelNames: ['host', 'port', 'security', ...labelNames],
      registers: [registry],
      collect() {
        // The transport keeps the totals; here they are set, not added up a second time.
        this.reset()
        for (const rung of transport.metrics().endpoints) {
          const { host, port, security } = rung.endpoint
          for (const [labels, value] of read(rung)) this.inc({ host, port, security, ...labels }, value)
        }
      },
    })

  metric(Counter, 'postern_attempts_total', 'Tries to open a connection, by what became of them.', ['outcome'], ({ attempts }) => byOutcome(attempts))
  metric(Counter, 'postern_sends_total', 'Messages, by what became of them.', ['outcome'], ({ sends }) => byOutcome(sends))
  metric(Counter, 'postern_fallbacks_total', 'How often traffic moved down to this endpoint.', [], ({ fallbacks }) => [[{}, fallbacks]])
  metric(Counter, 'postern_recoveries_total', 'How often traffic came back to this endpoint.', [], ({ recoveries }) => [[{}, recoveries]])
  metric(Gauge, 'postern_endpoint_in_use', '1 for the endpoint that carries the mail.', [], ({ inUse }) => [[{}, Number(inUse)]])
  metric(Gauge, 'postern_endpoint_up', '1 for an endpoint that worked when it was last tried.', [], ({ standing }) => (standing === 'untried' ? [] : [[{}, Number(standing === 'up')]]))

  const whole = (Kind: typeof Counter | typeof Gauge, name: string, help: string, read: () => number) =>
    new Kind({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  whole(Counter, 'postern_unroutable_total', 'Messages that no endpoint could be found for.', () => transport.metrics().unroutable)
  whole(Counter, 'postern_exhausted_total', 'How often no endpoint could be used.', () => transport.metrics().exhausted)
  whole(Gauge, 'postern_messages_under_way', 'Messages that were handed over and have no outcome yet.', () => transport.metrics().underWay)
}

type Reading = [labels: { readonly outcome?: string }, value: number]

function byOutcome(counts: Readonly<Record<string, number>>): Reading[] {
  return Object.entries(counts).map(([outcome, value]) => [{ outcome }, value])
}
