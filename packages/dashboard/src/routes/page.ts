import { randomBytes } from 'node:crypto'
import { describeSettingsForm } from '@postern/core'
import { assetVersion } from '../assets.ts'
import type { Feed } from '../live/feed.ts'
import type { HealthWatch } from '../live/health-watch.ts'
import type { PageModel } from '../page-model.ts'
import { renderPage } from '../ui/render-page.tsx'
import type { Route } from './route.ts'
import { pagePolicy } from './security-headers.ts'

/** What the page offers besides the state. */
export interface PageOptions {
  readonly feed: Feed
  readonly health: HealthWatch
  readonly readOnly: boolean
  readonly testMessage: PageModel['testMessage']
}

/** The events in the page, over all mailers. Of more, the page would be too large to load quickly; it asks for them when a period is chosen. */
const PAGE_EVENTS = 500

/** The page, complete without script. */
export function pageRoute({ feed, health, readOnly, testMessage }: PageOptions): Route {
  return {
    method: 'GET',
    isLinkable: true,
    async answer({ locale, base }) {
      // Before the first message nothing is known: the page says so only if a check takes long.
      const isUnknown = feed.stateAfter(Infinity, locale).mailers.some(({ status }) => status === 'unknown')
      if (isUnknown) await health.glance()
      else void health.look()
      const after = feed.idBefore(PAGE_EVENTS)
      const model: PageModel = {
        locale,
        base,
        state: feed.stateAfter(after, locale),
        ...(after > 0 && { hasEarlier: true }),
        ...(!readOnly && { form: describeSettingsForm({ locale }) }),
        ...(!readOnly && testMessage && { testMessage }),
      }
      const nonce = randomBytes(18).toString('base64')
      const html = renderPage(model, { nonce, version: await assetVersion() })
      return new Response(html, {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-language': locale,
          'content-security-policy': pagePolicy(nonce),
          vary: 'Accept-Language',
        },
      })
    },
  }
}
