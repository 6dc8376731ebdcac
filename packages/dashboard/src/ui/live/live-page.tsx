import { useEffect, useRef, useState } from 'preact/hooks'
import type { DashboardState } from '../../state.ts'
import { App } from '../app.tsx'
import type { PageData } from '../page-data.ts'
import { iconOf, titleOf } from '../overall-status.ts'
import { followState } from './follow-state.ts'
import type { Contact } from './live-badge.tsx'
import { lastEventId, mergeState } from './merge-state.ts'

/** How often the distances to times are updated. */
const tick = 5_000

/** The page as the server has rendered it, and from then on up to date. Nothing runs while its tab is hidden. */
export function LivePage({ data }: { readonly data: PageData }) {
  const { base, locale, texts, hasEarlier } = data
  const [state, setState] = useState(data.state)
  const [now, setNow] = useState(data.state.now)
  const [contact, setContact] = useState<Contact>({ kind: 'stream', at: data.state.now })
  const [hydrated, setHydrated] = useState(false)
  const latest = useRef(state)
  const mayLoadEarlier = useRef(hasEarlier ?? false)
  /** What the clock of the app is ahead of that of the browser. */
  const ahead = useRef(0)

  useEffect(() => {
    ahead.current = data.state.now - Date.now()
    setHydrated(true)
    const appTime = () => Date.now() + ahead.current
    const start = () => {
      const ticking = setInterval(() => setNow(appTime()), tick)
      const unfollow = followState({
        after: () => lastEventId(latest.current),
        openStream: (after) => new EventSource(`${base}events?after=${after}&locale=${locale}`),
        poll: (after, signal) => requestState(`${base}state?after=${after}&locale=${locale}`, signal),
        onState: (update) => {
          ahead.current = update.now - Date.now()
          latest.current = mergeState(latest.current, update)
          setState(latest.current)
          setNow(update.now)
        },
        onContact: (kind) => setContact({ kind, at: appTime() }),
      })
      return () => {
        clearInterval(ticking)
        unfollow()
      }
    }
    return whileVisible(start)
  }, [])

  useEffect(() => {
    document.title = titleOf(state, texts)
    document.querySelector('link[rel="icon"]')!.setAttribute('href', iconOf(state))
  }, [state])

  /** Once: what is new since then comes with the updates. */
  const loadEarlier = async () => {
    if (!mayLoadEarlier.current) return
    mayLoadEarlier.current = false
    try {
      const whole = await requestState(`${base}state?after=0&locale=${locale}`)
      latest.current = mergeState(whole, latest.current)
      setState(latest.current)
    } catch {
      mayLoadEarlier.current = true
    }
  }

  return <App page={{ locale, base, texts, now, hydrated, loadEarlier: () => void loadEarlier() }} data={data} state={state} contact={contact} />
}

/** Runs `start` whenever the tab becomes visible, and what it returns whenever the tab is hidden. */
function whileVisible(start: () => () => void): () => void {
  let stop: (() => void) | undefined
  const change = () => {
    stop?.()
    stop = document.hidden ? undefined : start()
  }
  document.addEventListener('visibilitychange', change)
  change()
  return () => {
    document.removeEventListener('visibilitychange', change)
    stop?.()
  }
}

async function requestState(url: string, signal?: AbortSignal): Promise<DashboardState> {
  const response = await fetch(url, { ...(signal && { signal }), headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return (await response.json()) as DashboardState
}
