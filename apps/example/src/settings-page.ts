import { readFileSync } from 'node:fs'
import { describeSettingsForm, type FormField, type JsonSchema, type Locale, textsFor, format } from '@postern/core'

const [script, style] = ['settings-page.js', 'settings-page.css'].map((name) => readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8'))

/** The page for the settings of outgoing mail, made from `describeSettingsForm`. Its button posts what is entered to the settings check. */
export function settingsPage(locale: Locale): string {
  const form = describeSettingsForm({ locale })
  const { title, fields, advanced, check } = form
  const page = { form, failures: failureTexts(locale) }
  return `<!doctype html>
<html lang="${form.locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<form>
${fields.map(fieldOf).join('\n')}
<details>
<summary>${escaped(advanced.label)}</summary>
<small>${escaped(advanced.help)}</small>
${advanced.fields.map(fieldOf).join('\n')}
</details>
<button>${escaped(check.label)}</button>
<small>${escaped(check.help)}</small>
</form>
<output></output>
<script type="application/json" id="page">${JSON.stringify(page).replaceAll('<', '\\u003c')}</script>
<script type="module">${script}</script>
</html>
`
}

/** A label with its control and the help below. */
function fieldOf(field: FormField): string {
  const { label, help } = field
  return `<label><span>${escaped(label)}</span>${controls[field.control](field)}<small>${escaped(help)}</small></label>`
}

const controls: Readonly<Record<FormField['control'], (field: FormField) => string>> = {
  text: (field) => `<input spellcheck="false" autocapitalize="none"${attributesOf(field)}>`,
  password: (field) => `<input type="password"${attributesOf(field)}>`,
  number: (field) => `<input type="number"${attributesOf(field)}>`,
  textarea: (field) => `<textarea spellcheck="false"${attributesOf(field)}></textarea>`,
  select: (field) => `<select${attributesOf(field)}>${field.options?.map(({ value, label }) => `<option value="${value}">${escaped(label)}</option>`).join('')}</select>`,
}

function attributesOf({ name, example, required, autocomplete, schema }: FormField): string {
  const attributes = { name, placeholder: example, autocomplete, min: limit(schema, 'minimum'), max: limit(schema, 'maximum'), maxlength: limit(schema, 'maxLength') }
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return given.map(([key, value]) => ` ${key}="${escaped(String(value))}"`).join('') + (required ? ' required' : '')
}

function limit(schema: JsonSchema, keyword: string): number | undefined {
  const value = schema[keyword]
  return typeof value === 'number' ? value : undefined
}

/** The sentences for the codes with which the settings check answers. It names no server, so they are without values. */
function failureTexts(locale: Locale): object {
  const entries = Object.entries(textsFor(locale).failures)
  return Object.fromEntries(entries.map(([code, { message, advice }]) => [code, { message: format(message, {}), advice: format(advice, {}) }]))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
