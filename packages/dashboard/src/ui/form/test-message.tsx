import { format } from '@postern/core'
import { useState } from 'preact/hooks'
import type { PageModel } from '../../page-model.ts'
import type { SendEvent } from '../../state.ts'
import { usePage } from '../page-context.ts'
import { StatusIcon } from '../status-icon.tsx'
import { post, type Posted } from './post.ts'

/** The answer to a test message. */
export interface TestMessageAnswer {
  readonly outcome: SendEvent['outcome']
  readonly port?: number
  readonly message?: string
  readonly advice?: string
}

const outcomes = {
  accepted: { status: 'pass', text: 'accepted' },
  'not-accepted': { status: 'fail', text: 'notAccepted' },
  unknown: { status: 'warn', text: 'unknown' },
} as const

/** Sends a real message and shows its outcome. */
export function TestMessage({ testMessage, mailers }: { readonly testMessage: NonNullable<PageModel['testMessage']>; readonly mailers: readonly string[] }) {
  const page = usePage()
  const { test } = page.texts
  const { from, to } = testMessage
  const [progress, setProgress] = useState<'running' | Posted<TestMessageAnswer>>()

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    setProgress('running')
    const recipient = data.get('to')
    setProgress(await post<TestMessageAnswer>(page, 'test-message', { mailer: data.get('mailer') ?? mailers[0], ...(typeof recipient === 'string' && { to: recipient.trim() }) }))
  }

  return (
    <section class="part test">
      <h2>{test.title}</h2>
      <p class="help">
        {format(test.help, { from })} {to !== undefined && format(test.fixed, { to })}
      </p>
      <form onSubmit={submit}>
        {mailers.length > 1 && (
          <div class="field">
            <label for="test-mailer">{test.mailer}</label>
            <select id="test-mailer" name="mailer">
              {mailers.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        )}
        {to === undefined && (
          <div class="field">
            <label for="test-to">{test.to}</label>
            <input id="test-to" name="to" type="email" required autoComplete="email" />
          </div>
        )}
        <button type="submit" disabled={progress === 'running'}>
          {test.send}
        </button>
      </form>
      <div class="result" role="status">
        {progress === 'running' ? <p>{test.running}</p> : progress && <Outcome posted={progress} />}
      </div>
    </section>
  )
}

function Outcome({ posted }: { readonly posted: Posted<TestMessageAnswer> }) {
  const { test } = usePage().texts
  if ('problem' in posted) return <p class="problem">{posted.problem}</p>
  const { outcome, port, message, advice } = posted.answer
  const { status, text } = outcomes[outcome]
  return (
    <div class="note">
      <StatusIcon status={status} />
      <div>
        <p>{format(test[text], { port })}</p>
        {message && <p>{message}</p>}
        {advice && <p class="advice">{advice}</p>}
      </div>
    </div>
  )
}
