import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Locale } from '@postern/core'
import type { UiTexts } from './page-data.ts'

/** What every component may need. */
export interface Page {
  readonly locale: Locale
  readonly base: string
  readonly texts: UiTexts
  /** The clock of the app. */
  readonly now: number
  /** Whether the script runs. Until then, times are in UTC, which the server and every browser print alike. */
  readonly hydrated: boolean
  /** Asks the app for the events that were not in the page; absent if there are none. */
  readonly loadEarlier?: (() => void) | undefined
}

const PageContext = createContext<Page | undefined>(undefined)

/** Provides the page to all components below. */
export const PageProvider = PageContext.Provider

/** The page that the component is part of. */
export function usePage(): Page {
  return useContext(PageContext)!
}
