import type { ComponentChildren } from 'preact'

/** A sentence with an element in place of one placeholder: `since {time}`. */
export function Fill({ text, name, children }: { readonly text: string; readonly name: string; readonly children: ComponentChildren }) {
  const [before, after] = text.split(`{${name}}`)
  return (
    <>
      {before}
      {children}
      {after}
    </>
  )
}
