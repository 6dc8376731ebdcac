import type { FormField } from '@postern/core'
import { format } from '@postern/core'
import { usePage } from '../page-context.ts'

/** A field of the settings form with its label and its help. */
export function Field({ field }: { readonly field: FormField }) {
  const { texts } = usePage()
  const { name, label, help, example, required } = field
  const id = `field-${name}`
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required && <small> ({texts.form.required})</small>}
      </label>
      <Control field={field} id={id} />
      <p class="help" id={`${id}-help`}>
        {help}
        {example && field.control !== 'textarea' && ` ${format(texts.form.example, { example })}.`}
      </p>
    </div>
  )
}

function Control({ field: { name, control, required, autocomplete, options, example }, id }: { readonly field: FormField; readonly id: string }) {
  const common = { id, name, required, autoComplete: autocomplete, 'aria-describedby': `${id}-help` }
  if (control === 'select') {
    return (
      <select {...common}>
        {options?.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    )
  }
  if (control === 'textarea') return <textarea {...common} rows={4} spellcheck={false} placeholder={example} />
  if (control === 'password') return <input {...common} type="password" />
  // Not of the type `number`, whose value changes with the wheel.
  return <input {...common} type="text" inputMode={control === 'number' ? 'numeric' : 'text'} spellcheck={false} autoCapitalize="none" />
}
