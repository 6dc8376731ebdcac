import { useState } from 'preact/hooks'
import { usePage } from '../page-context.ts'

/** Copies a text. Absent where the browser does not allow it, such as on a page without TLS: the text can be selected. */
export function CopyButton({ text }: { readonly text: string }) {
  const { copy, copied } = usePage().texts.form
  const [done, setDone] = useState<string>()
  if (typeof navigator === 'undefined' || !navigator.clipboard) return null
  const write = async () => {
    await navigator.clipboard.writeText(text)
    setDone(text)
  }
  return (
    <button type="button" class="quiet" onClick={() => void write().catch(() => {})}>
      {done === text ? copied : copy}
    </button>
  )
}
