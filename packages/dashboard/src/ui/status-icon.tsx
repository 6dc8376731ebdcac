import type { MailerState } from '../state.ts'

/** Each status, and a note, has a shape of its own, so that nothing depends on colour. */
const shapes = {
  pass: { outline: 'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20z', sign: 'm7.5 12.5 3 3 6-6.5' },
  warn: { outline: 'M12 2.2 23 21.5H1z', sign: 'M12 9v6m0 2.6v.4' },
  fail: { outline: 'M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z', sign: 'm8.5 8.5 7 7m0-7-7 7' },
  unknown: { outline: 'M12 2l10 10-10 10L2 12z', sign: 'M9.8 9.6c0-3.2 4.6-3 4.6-.2 0 1.8-2.4 1.9-2.4 3.9m0 2.4v.4' },
  info: { outline: 'M4 2h16l2 2v16l-2 2H4l-2-2V4z', sign: 'M12 11v6.5M12 6.6v.4' },
} as const satisfies Record<MailerState['status'] | 'info', object>

/** The icon of a status. The word beside it says the same. */
export function StatusIcon({ status }: { readonly status: keyof typeof shapes }) {
  const { outline, sign } = shapes[status]
  return (
    <svg class={`status-icon is-${status}`} viewBox="0 0 24 24" aria-hidden="true">
      <path class="status-icon-outline" d={outline} />
      <path class="status-icon-sign" d={sign} />
    </svg>
  )
}
