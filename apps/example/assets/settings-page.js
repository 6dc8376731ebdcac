// The script of the settings page. `page` is what `settings-page.ts` puts into it: the form, and the texts of failures.
const page = JSON.parse(document.getElementById('page').textContent)
const form = document.querySelector('form')
const button = document.querySelector('button')
const output = document.querySelector('output')
const fields = [...page.form.fields, ...page.form.advanced.fields]

form.addEventListener('input', ({ target }) => target.setCustomValidity(''))

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const values = Object.fromEntries(fields.map((field) => [field.name, entered(field)]))
  const invalid = fields.find(({ name, schema }) => values[name] !== '' && !matches(schema, values[name]))
  if (invalid) {
    report(invalid)
    return
  }
  button.disabled = true
  output.replaceChildren(element('p', page.form.check.running))
  // A proxy may answer with something other than JSON.
  const notes = await check(values).catch((error) => [element('p', error.message, 'failed')])
  output.replaceChildren(...notes)
  button.disabled = false
})

/** The value of a field. A password may begin or end with a space. */
function entered({ name, control }) {
  const { value } = form.elements[name]
  return control === 'password' ? value : value.trim()
}

/** Tests what is entered, not what is saved. */
async function check(settings) {
  const response = await fetch('settings/check', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept-language': page.form.locale,
      // From the link that the app prints. Browsers do not send this part of a link.
      authorization: `Bearer ${location.hash.slice(1)}`,
    },
    body: JSON.stringify({ settings, probe: true, login: true }),
  })
  const result = await response.json()
  if (!response.ok) return [element('p', result.title, 'failed')]
  const { passed, failed } = page.form.check
  return [
    element('p', result.ok ? passed : failed, result.ok ? 'passed' : 'failed'),
    ...result.findings.map(({ severity, message, advice }) => note(message, advice, severity)),
    ...result.ports.map(describePort),
  ]
}

function describePort({ port, security, ok, code }) {
  const name = `${port}, ${security === 'implicit' ? 'TLS' : 'STARTTLS'}`
  if (ok) return element('p', `✓ ${name}`, 'passed')
  const { message, advice } = page.failures[code]
  return note(`✗ ${name}: ${message}`, advice, 'port')
}

function note(message, advice, kind) {
  const paragraph = element('p', message, kind)
  paragraph.append(element('small', advice))
  return paragraph
}

function element(tag, text, kind = '') {
  return Object.assign(document.createElement(tag), { textContent: text, className: kind })
}

/** Validates one value with what the schemas of the fields use of JSON Schema. Formats are left to the server. */
function matches({ anyOf, type, pattern, minimum = -Infinity, maximum = Infinity }, value) {
  if (type === 'integer') return Number.isInteger(Number(value)) && value >= minimum && value <= maximum
  if (type === 'array') return false
  if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false
  return anyOf === undefined || anyOf.some((one) => matches(one, value))
}

function report({ name, help }) {
  const control = form.elements[name]
  control.closest('details')?.setAttribute('open', '')
  control.setCustomValidity(help)
  control.reportValidity()
}
