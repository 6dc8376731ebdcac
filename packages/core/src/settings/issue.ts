import { en } from '../text/en.ts'
import { format, type Values } from '../text/format.ts'
import { type Locale, type Texts, textsFor } from '../text/index.ts'
import { namesOf } from './characters.ts'
import { SettingsError, type SettingsIssue } from './settings-error.ts'

/** The code of an issue: a text of its own, or the text of the finding for the same problem. */
export type IssueCode = keyof Texts['issues'] | keyof Texts['findings']

/** An issue without texts. */
export interface Issue {
  readonly path: string
  readonly code: IssueCode
  /** Values for the placeholders of the text. */
  readonly values?: Values | undefined
  /** The characters that do not belong there. */
  readonly characters?: readonly string[] | undefined
  /** The values that would be accepted, by path. Never contains a secret. */
  readonly suggestion?: SettingsIssue['suggestion']
}

/** The error for these issues, in a language. */
export function settingsError(issues: readonly Issue[], locale: Locale = 'en'): SettingsError {
  return new SettingsError(issues.map((issue) => describeIssue(issue, locale)), locale)
}

/** An issue with its text in a language. */
function describeIssue(issue: Issue, locale: Locale): SettingsIssue {
  const { path, code, suggestion } = issue
  const texts = textsFor(locale)
  const sentence = isIssueCode(code) ? texts.issues[code] : `${texts.findings[code].message} ${texts.findings[code].advice}`
  return { path, message: format(sentence, valuesOf(issue, texts)), ...(suggestion && { suggestion }) }
}

/** The values for the text of an issue. */
export function valuesOf({ values, characters, suggestion }: Issue, { characters: names }: Pick<Texts, 'characters'>): Values {
  return {
    ...values,
    ...(characters && { characters: namesOf(characters, names) }),
    ...(suggestion && { suggested: shown(suggestion) }),
  }
}

/** As in code, where texts have quotes: `host: "smtp.example.com", port: 587`. */
function shown(suggestion: NonNullable<Issue['suggestion']>): string {
  return Object.entries(suggestion).map(([path, value]) => `${path}: ${JSON.stringify(value)}`).join(', ')
}

/** Whether a code has a text of its own, and not that of a finding. */
export function isIssueCode(code: string): code is keyof Texts['issues'] {
  return Object.hasOwn(en.issues, code)
}
