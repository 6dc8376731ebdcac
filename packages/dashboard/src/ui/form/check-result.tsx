import type { Finding, FailureCode, Security, SettingsForm } from '@postern/core'
import { usePage } from '../page-context.ts'
import { StatusIcon } from '../status-icon.tsx'
import { configurationOf, type FormValues } from './configuration.ts'
import { CopyButton } from './copy-button.tsx'

/** The answer of the settings check in core. */
export interface CheckAnswer {
  readonly ok: boolean
  readonly findings: readonly Pick<Finding, 'code' | 'severity' | 'message' | 'advice'>[]
  readonly ports: readonly { readonly port: number; readonly security: Security; readonly ok: boolean; readonly code: FailureCode | null }[]
  readonly recommended: { readonly port: number; readonly security: Security } | null
}

const icons = { error: 'fail', warning: 'warn', info: 'info' } as const satisfies Record<Finding['severity'], string>

/** What the check found, each port, and the settings to copy. */
export function CheckResult({ answer, values, texts }: { readonly answer: CheckAnswer; readonly values: FormValues; readonly texts: SettingsForm['check'] }) {
  const page = usePage()
  const { form, gates, sentences } = page.texts
  const { ok, findings, ports, recommended } = answer
  const configuration = recommended && configurationOf(values, recommended)
  return (
    <>
      <p class="verdict">
        <StatusIcon status={ok ? 'pass' : 'fail'} />
        {ok ? texts.passed : texts.failed}
      </p>
      <ul class="notes">
        {findings.map(({ code, severity, message, advice }) => (
          <li key={code} class="note">
            <StatusIcon status={icons[severity]} />
            <div>
              <p>
                <span class="unseen">{form.severity[severity]}: </span>
                {message}
              </p>
              <p class="advice">{advice}</p>
            </div>
          </li>
        ))}
        {ports.map(({ port, security, code }) => {
          const sentence = code === null ? undefined : sentences[code]
          return (
            <li key={`${port} ${security}`} class="note">
              <StatusIcon status={code === null ? 'pass' : 'fail'} />
              <div>
                <p>
                  <b>{port}</b> {gates.security[security]}: {code === null ? form.works : (sentence?.message ?? form.fails)}
                </p>
                {sentence && <p class="advice">{sentence.advice}</p>}
              </div>
            </li>
          )
        })}
      </ul>
      {configuration && (
        <figure class="configuration">
          <figcaption>
            <b>{form.configuration}</b> <CopyButton text={configuration} />
          </figcaption>
          <pre tabIndex={0}>
            <code>{configuration}</code>
          </pre>
          <p class="help">{form.withoutPassword}</p>
        </figure>
      )}
    </>
  )
}
