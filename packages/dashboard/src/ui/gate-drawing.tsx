import type { Gate } from '../state.ts'

/** The wall with its arch, in a square of 48. */
export const gateWall = 'M3 45V9h7v5h5V9h6v5h6V9h6v5h5V9h7v36H33V31a9 9 0 0 0-18 0v14z'

/** The portcullis: raised, lowered, or not known. */
export const portcullis = {
  up: 'M19.5 25v4m4.5-6v6m4.5-4v4',
  down: 'M19.5 25v20M24 23v22m4.5-20v20M16 31h16m-16 7h16',
  untried: 'M24 42v.1M21 33c0-4.4 6-4.2 6-.4 0 2.4-3 2.6-3 5.4',
} as const satisfies Record<Gate['status'], string>

/** A gate of the fortress, open or closed. The word beside it says the same. */
export function GateDrawing({ status }: { readonly status: Gate['status'] }) {
  return (
    <svg class={`gate-drawing is-${status}`} viewBox="0 0 48 48" aria-hidden="true">
      <path class="gate-wall" d={gateWall} />
      <path class="gate-portcullis" d={portcullis[status]} />
    </svg>
  )
}
