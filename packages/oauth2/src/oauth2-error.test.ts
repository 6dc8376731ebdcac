import { describeFailure, inLocale, type Locale, textsFor } from '@postern/core'
import { expect, it } from 'vitest'
import { type Cause, OAuth2Error } from './oauth2-error.ts'

const init = { endpoint: 'login.example.com', detail: 'invalid_client', seconds: 10 }
const locales: readonly Locale[] = ['en', 'de', 'fr']

it.each(Object.keys(textsFor('en').oauth2) as Cause[])('is in the language of the failure that it explains: %s', (cause) => {
  const error = new OAuth2Error({ ...init, cause })
  const english = describeFailure({ code: 'auth-temporary', stage: 'auth', source: error }, {}, 'en')
  for (const locale of locales) {
    const { message, advice } = new OAuth2Error({ ...init, cause, locale })
    expect(error.sentenceIn(locale)).toEqual({ message, advice })
    const failure = inLocale(english, locale)
    expect(failure.message.endsWith(` ${message}`)).toBe(true)
    expect(failure.advice.endsWith(` ${advice}`)).toBe(true)
  }
})
