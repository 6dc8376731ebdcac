import type { AttemptFact } from './facts.ts'
import { html, type Html } from './html.ts'
import type { Lab } from './lab.ts'
import type { SceneReport } from './play-scene.ts'
import { promises } from './promises.ts'
import type { Scene } from './scene.ts'
import { scenes } from './scenes.ts'
import { plural, seconds } from './text.ts'

/** A card for each scene of the tour. */
export function tour(lab: Lab): readonly Html[] {
  return scenes.map((scene, index) => sceneCard(scene, index + 1, lab))
}

function sceneCard(scene: Scene, number: number, lab: Lab): Html {
  const { id, title, setting } = scene
  const result = lab.reportOf(scene)
  const isPlaying = lab.playing === scene
  return html`<li id="scene-${id}" class="card scene${isPlaying && ' playing'}">
<div>
<h3><span class="number">${number}</span> ${title}</h3>
<p>${setting}</p>
<p class="promises">${scene.promises.map((promise) => html`<span>${promises[promise]}</span>`)}</p>
<button id="play-${id}" data-post="scene" data-body="${JSON.stringify({ id })}">${result ? 'Play again' : 'Play'}<span class="hidden">: ${title}</span></button>
</div>
<div class="report">${isPlaying ? html`<p class="quiet">Playing…</p>` : result ? reportView(title, result) : html`<p class="quiet">Not played yet.</p>`}</div>
</li>`
}

function reportView(title: string, { ok, happened, claims, evidence, ms }: SceneReport): Html {
  const { connections, inbox, logins, overLimit, attempts } = evidence
  const counted = [
    ...Object.entries(connections).flatMap(([port, count]) => (count > 0 ? [`${plural(count, 'connection')} to ${port}`] : [])),
    `${plural(logins.accepted, 'login')} accepted, ${logins.refused} refused`,
    ...(overLimit.connections > 0 ? [`${plural(overLimit.connections, 'connection')} over the limit`] : []),
    `${plural(inbox, 'mail')} in the inbox`,
  ]
  return html`<p class="verdict ${ok ? 'pass' : 'fail'}">${ok ? 'Promise kept' : 'Promise broken'} <small>in ${seconds(ms)}</small></p>
${happened.map((sentence) => html`<p>${sentence}</p>`)}
<ul class="claims">${claims.map(({ text, ok }) => html`<li class="${ok ? 'pass' : 'fail'}"><b>${ok ? 'Yes' : 'No'}</b><span>${text}</span></li>`)}</ul>
<details><summary>Evidence</summary>
<p>Counted by the provider: ${counted.join('; ')}.</p>
${attempts.length > 0 && attemptTable(title, attempts)}
</details>`
}

function attemptTable(title: string, attempts: readonly AttemptFact[]): Html {
  const shown = attempts.slice(0, SHOWN)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Attempts: ${title}"><table>
<thead><tr><th>after<th>port<th>outcome<th>stage<th>took<th>code</thead>
<tbody>${shown.map(({ at, port, outcome, stage, ms, code }) => html`<tr><td>${seconds(Math.max(0, at))}<td>${port}<td>${outcome}<td>${stage}<td>${seconds(ms)}<td>${code}`)}</tbody>
</table></div>${attempts.length > SHOWN && html`<p>And ${attempts.length - SHOWN} more.</p>`}`
}

const SHOWN = 20
