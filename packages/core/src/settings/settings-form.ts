import { isLocale, type Locale, textsFor } from '../text/index.ts'
import { settingsJsonSchema } from './json-schema.ts'

/** A schema of JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A field of the settings form. */
export interface FormField {
  /** The path of the setting, and of its issues: `auth.user`. `parseSettings` accepts it as a name. */
  readonly name: 'account' | 'auth.user' | 'auth.pass' | 'port' | 'security' | 'clientName' | 'tls.ca'
  /** The control that fits. */
  readonly control: 'text' | 'password' | 'number' | 'select' | 'textarea'
  readonly label: string
  /** One or two sentences below the field. */
  readonly help: string
  /** What a value looks like; not a default. */
  readonly example?: string
  readonly required: boolean
  /** The value of the `autocomplete` attribute in HTML. */
  readonly autocomplete: string
  /** The choices of a `select`, the default first. An empty value leaves the setting out. */
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  /** What a value that is not empty must match. */
  readonly schema: JsonSchema
}

/** What a page for the settings of outgoing mail should ask. */
export interface SettingsForm {
  /** The language of the texts. */
  readonly locale: Locale
  readonly title: string
  /** Enough for most providers. */
  readonly fields: readonly FormField[]
  /** A part that is closed at first. */
  readonly advanced: { readonly label: string; readonly help: string; readonly fields: readonly FormField[] }
  /** A button that checks what is entered, not what is saved. */
  readonly check: { readonly label: string; readonly help: string; readonly running: string; readonly passed: string; readonly failed: string }
  /** The JSON Schema of the settings that `parseSettings` makes of the values. */
  readonly schema: JsonSchema
}

/** Options of `describeSettingsForm`. */
export interface SettingsFormOptions {
  /** The language of the texts. @default 'en' */
  readonly locale?: Locale | undefined
}

/**
 * Describes a page for the settings of outgoing mail: what to ask, in which words, and with which controls. `parseSettings` reads
 * and validates the values under the names of the fields, texts and empty ones included; its issues have the names as paths.
 *
 * @example
 * const { fields, advanced } = describeSettingsForm({ locale: 'de' })
 * parseSettings({ account: 'ada@gmail.com', 'auth.user': '', 'auth.pass': 'secret', port: '' }).host // 'smtp.gmail.com'
 */
export function describeSettingsForm({ locale = 'en' }: SettingsFormOptions = {}): SettingsForm {
  const { title, account, user, secret, advanced, port, security, clientName, ca, check } = textsFor(locale).form
  const { automatic, starttls, implicit, ...encryption } = security
  const schema = settingsJsonSchema()
  const { host, auth, port: portSchema, clientName: clientNameSchema, tls } = schema.properties
  // `account` is not among the canonical settings.
  const accountSchema: JsonSchema = { ...host, anyOf: [...host.anyOf, { format: 'email' }] }
  const securities = [
    { value: '', label: automatic },
    { value: 'starttls', label: starttls },
    { value: 'implicit', label: implicit },
  ]
  return {
    locale: isLocale(locale) ? locale : 'en',
    title,
    fields: [
      { name: 'account', control: 'text', ...account, example: 'ada@gmail.com', required: true, autocomplete: 'email', schema: accountSchema },
      { name: 'auth.user', control: 'text', ...user, example: 'ada@example.com', required: false, autocomplete: 'username', schema: auth.properties.user },
      // Password managers must not fill in the password of the page's own user.
      { name: 'auth.pass', control: 'password', ...secret, required: false, autocomplete: 'new-password', schema: auth.properties.pass },
    ],
    advanced: {
      ...advanced,
      fields: [
        { name: 'port', control: 'number', ...port, example: '587', required: false, autocomplete: 'off', schema: portSchema },
        { name: 'security', control: 'select', ...encryption, required: false, autocomplete: 'off', options: securities, schema: { enum: ['starttls', 'implicit'] } },
        { name: 'clientName', control: 'text', ...clientName, example: 'app.example.com', required: false, autocomplete: 'off', schema: clientNameSchema },
        { name: 'tls.ca', control: 'textarea', ...ca, example: '-----BEGIN CERTIFICATE-----', required: false, autocomplete: 'off', schema: tls.properties.ca },
      ],
    },
    check,
    schema,
  }
}
