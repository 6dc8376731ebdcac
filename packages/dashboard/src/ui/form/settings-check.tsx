import type { FormField, SettingsForm } from '@postern/core'
import { useState } from 'preact/hooks'
import { usePage } from '../page-context.ts'
import { type CheckAnswer, CheckResult } from './check-result.tsx'
import type { FormValues } from './configuration.ts'
import { Field } from './form-field.tsx'
import { matchesSchema } from './matches-schema.ts'
import { post, type Posted } from './post.ts'

type Progress = 'running' | (Posted<CheckAnswer> & { readonly values: FormValues })

/** Checks what is entered, with a connection from the app. Nothing is saved. */
export function SettingsCheck({ form }: { readonly form: SettingsForm }) {
  const page = usePage()
  const [progress, setProgress] = useState<Progress>()
  const { check, advanced } = form
  const fields = [...form.fields, ...advanced.fields]

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const element = event.currentTarget as HTMLFormElement
    const values = Object.fromEntries(fields.map((field) => [field.name, entered(element, field)])) as FormValues
    const invalid = fields.find(({ name, schema }) => values[name] && !matchesSchema(schema, values[name]))
    if (invalid) {
      report(element, invalid)
      return
    }
    setProgress('running')
    const posted = await post<CheckAnswer>(page, 'check', { settings: values, probe: true, login: true })
    setProgress({ ...posted, values })
  }

  return (
    <section class="part check">
      <h2>{page.texts.form.settingsTitle}</h2>
      <form onSubmit={submit} onInput={({ target }) => (target as HTMLInputElement).setCustomValidity('')}>
        {form.fields.map((field) => (
          <Field key={field.name} field={field} />
        ))}
        <details>
          <summary>{advanced.label}</summary>
          <p class="help">{advanced.help}</p>
          {advanced.fields.map((field) => (
            <Field key={field.name} field={field} />
          ))}
        </details>
        <p class="help">{check.help}</p>
        <button type="submit" disabled={progress === 'running'}>
          {check.label}
        </button>
      </form>
      <div class="result" role="status">
        {progress === 'running' ? <p>{check.running}</p> : progress && <Result progress={progress} form={form} />}
      </div>
    </section>
  )
}

function Result({ progress, form }: { readonly progress: Exclude<Progress, 'running'>; readonly form: SettingsForm }) {
  if ('problem' in progress) return <p class="problem">{progress.problem}</p>
  return <CheckResult answer={progress.answer} values={progress.values} texts={form.check} />
}

/** The value of a field. A password may begin or end with a space. */
function entered(element: HTMLFormElement, { name, control }: FormField): string {
  const { value } = element.elements.namedItem(name) as HTMLInputElement
  return control === 'password' ? value : value.trim()
}

function report(element: HTMLFormElement, { name, help }: FormField): void {
  const control = element.elements.namedItem(name) as HTMLInputElement
  control.closest('details')?.setAttribute('open', '')
  control.setCustomValidity(help)
  control.reportValidity()
}
