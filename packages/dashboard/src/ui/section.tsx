import type { ComponentChildren } from 'preact'

/** A part of the page with a heading. */
export function Section({ title, kind, children }: { readonly title: string; readonly kind: string; readonly children: ComponentChildren }) {
  return (
    <section class={`part ${kind}`}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}
