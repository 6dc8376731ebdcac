import { securityOfPort } from '@postern/core'
import type { Transporter } from '@postern/nodemailer'
import type { ReceivedMessage } from '@postern/testing'
import { type LabPort, labPorts } from '../embedded-mail.ts'
import { html, type Html } from './html.ts'
import type { Batch, Lab } from './lab.ts'
import { tour } from './tour-view.ts'
import { faultsFor, limitSwitches } from './switches.ts'
import { plural } from './text.ts'

/** A part of the page that changes, as a list of elements. Each has an id, and is replaced if its HTML differs. */
export type Live = Readonly<Record<string, readonly Html[]>>

/** All that changes on the page of the lab. */
export function liveView(lab: Lab): Live {
  return {
    now: [mailNow(lab.mailer)],
    ports: [...labPorts.map((port) => portCard(port, lab)), limitCard(lab)],
    batch: lab.batch ? [batchLine(lab.batch)] : [],
    tour: tour(lab),
    inbox: inboxView(lab.inbox),
  }
}

/** Which port carries mail, or why none does. */
export function mailNow(mailer: Transporter): Html {
  const { endpoint, rungs } = mailer.state()
  const [best] = rungs
  const isDown = rungs.every(({ status }) => status === 'down')
  const failure = rungs.find(({ failure }) => failure)?.failure
  if (isDown && failure) return html`<p id="mail-now" class="fail"><b>No port carries mail.</b> ${failure.message} ${failure.advice}</p>`
  if (!endpoint) return html`<p id="mail-now"><b>No mail was sent yet.</b></p>`
  const { port } = endpoint
  if (port === best?.endpoint.port) return html`<p id="mail-now" class="pass"><b>Mail goes over ${port}</b>, the best port.</p>`
  return html`<p id="mail-now" class="warn"><b>Mail goes over ${port}</b>, because ${best?.endpoint.port} does not work. ${best?.failure?.message}</p>`
}

function portCard(port: LabPort, lab: Lab): Html {
  const current = lab.switches.faultOf(port)
  const rung = lab.mailer.state().rungs.find(({ endpoint }) => endpoint.port === port)
  const isUsed = lab.mailer.endpoint?.port === port
  const state = isUsed ? 'carries mail' : { untried: 'not tried yet', up: 'opened when last tried', down: 'did not open when last tried' }[rung?.status ?? 'untried']
  return html`<article id="port-${port}" class="card${isUsed && ' used'}">
<h3>${port} <small>${securityOfPort(port) === 'implicit' ? 'TLS from the first byte' : 'STARTTLS'}</small></h3>
<p class="seen">Postern: <b>${state}</b></p>
<div role="group" aria-label="Faults of ${port}">${faultsFor(port).map(({ fault, label, effect }) => {
    const isOn = fault === current
    return toggle({ id: `${port}-${fault}`, action: 'fault', body: { port, fault: isOn ? null : fault }, isOn, label, effect })
  })}</div>
</article>`
}

function limitCard({ switches }: Lab): Html {
  return html`<article id="limits" class="card">
<h3>Limits <small>of the provider, over all ports</small></h3>
<div role="group" aria-label="Limits of the provider">${limitSwitches.map(({ name, label, effect }) => {
    const isOn = switches.isLimited(name)
    return toggle({ id: `limit-${name}`, action: 'limit', body: { limit: name, on: !isOn }, isOn, label, effect })
  })}</div>
<button id="heal" class="plain" data-post="heal" data-body="{}">Heal all</button>
</article>`
}

interface Toggle {
  readonly id: string
  readonly action: string
  readonly body: object
  readonly isOn: boolean
  readonly label: string
  readonly effect: string
}

function toggle({ id, action, body, isOn, label, effect }: Toggle): Html {
  return html`<button id="${id}" class="toggle" aria-pressed="${isOn ? 'true' : 'false'}" title="${effect}" data-post="${action}" data-body="${JSON.stringify(body)}">${label}</button>`
}

function batchLine({ count, accepted, failed, failure }: Readonly<Batch>): Html {
  const waiting = count - accepted - failed
  const parts = [`${accepted} of ${plural(count, 'mail')} accepted`, failed > 0 && `${failed} failed`, waiting > 0 && `${waiting} waiting`]
  return html`<p id="batch-line">${parts.filter(Boolean).join(', ')}.${failure && html` <span class="why">${failure}</span>`}</p>`
}

/** The newest mails first. */
function inboxView(messages: readonly ReceivedMessage[]): readonly Html[] {
  if (messages.length === 0) return [html`<p id="inbox-empty" class="quiet">Nothing has arrived yet. Send one mail.</p>`]
  const latest = messages.slice(-SHOWN).toReversed()
  const more = messages.length > SHOWN ? `, the newest ${SHOWN} are shown` : ''
  return [html`<p id="inbox-count" class="quiet">${plural(messages.length, 'mail')}${more}.</p>`, ...latest.map(mailRow)]
}

const SHOWN = 50

function mailRow({ id, from, to, subject, text, port, receivedAt }: ReceivedMessage): Html {
  return html`<details id="mail-${id}" class="mail">
<summary><span class="port">${port}</span> <span class="subject">${subject || '(no subject)'}</span> <time datetime="${receivedAt.toISOString()}">${receivedAt.toLocaleTimeString('en-GB')}</time></summary>
<dl><dt>From</dt><dd>${from}</dd><dt>To</dt><dd>${to.join(', ')}</dd></dl>
<pre>${text}</pre>
</details>`
}
