// The script of the lab. Buttons say in `data-post` and `data-body` what they post; what changes comes as HTML from the server.
const said = document.getElementById('said')
const shown = new Map()

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('button')
  if (!button || busy.has(button.id)) return
  if (button.dataset.post) await press(button)
  else if ('playAll' in button.dataset) await playAll(button)
})

const busy = new Set()

async function press({ id, dataset }) {
  busy.add(id)
  said.textContent = dataset.post === 'scene' ? 'Playing the scene.' : ''
  const pressing = post(dataset.post, dataset.body)
  if (dataset.post === 'scene') await refresh()
  said.textContent = await pressing
  await refresh()
  busy.delete(id)
}

/** Plays each scene, and shows the one that is being played. */
async function playAll({ id }) {
  busy.add(id)
  for (const { id } of document.querySelectorAll('#tour > li')) {
    document.getElementById(id).scrollIntoView({ block: 'nearest' })
    await press(document.querySelector(`#${id} [data-post]`))
  }
  said.textContent = 'The tour has ended.'
  busy.delete(id)
}

/** Posts an action. Returns the sentence to show. */
async function post(action, body) {
  try {
    const response = await fetch(`/lab/${action}`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-postern-lab': '1' }, body })
    const { message, title } = await response.json()
    return message ?? title
  } catch {
    return 'The app does not answer.'
  }
}

/** Replaces the elements whose HTML has changed. */
async function refresh() {
  const live = await (await fetch('/lab/live')).json()
  for (const [name, parts] of Object.entries(live)) update(document.getElementById(name), parts)
}

function update(section, parts) {
  const focused = document.activeElement?.id
  const elements = parts.map((html) => {
    const template = document.createElement('template')
    template.innerHTML = html
    const { firstElementChild: fresh } = template.content
    const old = document.getElementById(fresh.id)
    const same = old && shown.get(fresh.id) === html
    shown.set(fresh.id, html)
    return same ? old : fresh
  })
  for (const old of Array.from(section.children)) {
    if (elements.includes(old)) continue
    old.remove()
    if (!elements.some(({ id }) => id === old.id)) shown.delete(old.id)
  }
  elements.forEach((element, index) => {
    if (section.children[index] !== element) section.insertBefore(element, section.children[index] ?? null)
  })
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true })
}

async function watch() {
  if (!document.hidden) await refresh().catch(() => {})
  setTimeout(watch, 1000)
}
await watch()
