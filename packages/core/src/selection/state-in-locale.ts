import { inLocale } from '../text/translatable.ts'
import type { Locale } from '../text/index.ts'
import type { RungState, SelectorState } from './selector-state.ts'

/** A state of a selector, or of a transport, with all its failures in one language. */
export function stateInLocale<State extends SelectorState>(state: State, locale: Locale): State {
  const { refusedLogin, exhausted, lastFallback, rungs } = state
  return {
    ...state,
    ...(refusedLogin && { refusedLogin: inLocale(refusedLogin, locale) }),
    ...(exhausted && { exhausted: { ...exhausted, diagnosis: inLocale(exhausted.diagnosis, locale) } }),
    ...(lastFallback?.failure && { lastFallback: { ...lastFallback, failure: inLocale(lastFallback.failure, locale) } }),
    rungs: rungs.map((rung) => rungInLocale(rung, locale)),
  }
}

function rungInLocale(rung: RungState, locale: Locale): RungState {
  const { failure, lastFailure } = rung
  return {
    ...rung,
    ...(failure && { failure: inLocale(failure, locale) }),
    ...(lastFailure && { lastFailure: { ...lastFailure, failure: inLocale(lastFailure.failure, locale) } }),
  }
}
