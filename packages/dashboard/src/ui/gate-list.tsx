import type { AttemptEvent, Gate, MailerState, PortName } from '../state.ts'
import { GateCard } from './gate-card.tsx'
import { usePage } from './page-context.ts'
import { Section } from './section.tsx'

/** The ladder, best port first. */
export function GateList({ mailer }: { readonly mailer: MailerState }) {
  const { texts } = usePage()
  return (
    <Section title={texts.gates.title} kind="ports">
      <ol class="gates">
        {mailer.gates.map((gate) => (
          <GateCard key={`${gate.port} ${gate.security}`} gate={gate} connection={lastConnection(mailer.events, gate)} />
        ))}
      </ol>
    </Section>
  )
}

/** The last attempt that opened a connection to this port. */
function lastConnection(events: MailerState['events'], gate: Gate): AttemptEvent | undefined {
  return events.findLast((event): event is AttemptEvent & typeof event => event.kind === 'attempt' && event.outcome === 'used' && event.stages.length > 0 && isSamePort(event, gate))
}

function isSamePort(one: PortName, other: PortName): boolean {
  return one.port === other.port && one.security === other.security
}
