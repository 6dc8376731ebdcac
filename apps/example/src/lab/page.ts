import { readFileSync } from 'node:fs'
import type { Transporter } from '@postern/nodemailer'
import { html, Html } from './html.ts'
import type { Lab } from './lab.ts'
import { type Live, liveView, mailNow } from './view.ts'

const [script, style] = ['lab.js', 'lab.css'].map((name) => new Html(readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8'))) as [Html, Html]

export interface PageOptions {
  readonly mailer: Transporter
  /** Absent with the user's own server. */
  readonly lab: Lab | undefined
  /** The path of the dashboard. */
  readonly dashboard: string
  readonly nonce: string
}

/** The page of the lab, complete without its script. */
export function labPage({ mailer, lab, dashboard, nonce }: PageOptions): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Postern lab</title>
<style nonce="${nonce}">${style}</style>
<header>
<h1>Postern lab</h1>
<p>${lab ? 'A mail provider runs inside this app. Break it, and watch mail find its way.' : 'This app watches your own server.'}</p>
<p><a class="button" href="${dashboard}" target="dashboard">Open the dashboard</a></p>
</header>
<main>
${lab ? labSections(liveView(lab)) : ownServerSection(mailer)}
</main>
<p id="said" role="status"></p>
${lab && html`<script nonce="${nonce}" type="module">${script}</script>`}
</html>
`.text
}

function labSections({ now, ports, batch, tour, inbox }: Live): Html {
  return html`<div id="now">${now}</div>
<noscript><p class="warn">The buttons need JavaScript. What is shown here does not.</p></noscript>
<section aria-labelledby="tour-title">
<h2 id="tour-title">The tour</h2>
<p>Each scene breaks the provider, sends mail, checks what Postern promises, and heals the provider. Open the dashboard beside it.</p>
<p><button id="play-all" data-play-all>Play all eight</button></p>
<ol id="tour">${tour}</ol>
</section>
<section aria-labelledby="ports-title">
<h2 id="ports-title">Break it yourself</h2>
<p>Press a fault to switch it on, again to switch it off. A port has one at a time.</p>
<div id="ports">${ports}</div>
<p class="send"><button id="send-1" data-post="send" data-body="${JSON.stringify({ count: 1 })}">Send one mail</button>
<button id="send-500" data-post="send" data-body="${JSON.stringify({ count: 500 })}">Send 500 mails</button></p>
<div id="batch">${batch}</div>
</section>
<section aria-labelledby="inbox-title">
<h2 id="inbox-title">The inbox</h2>
<div id="inbox">${inbox}</div>
</section>`
}

function ownServerSection(mailer: Transporter): Html {
  return html`<div id="now">${mailNow(mailer)}</div>
<p>Faults, the tour and the inbox exist only with the embedded provider: start the app without <code>SMTP_URL</code> and the other <code>SMTP_</code> variables to see them.</p>
<p>The dashboard shows the ports of your server, tests settings, and sends a test message.</p>`
}
