import { renderToString } from 'preact-render-to-string'
import type { PageModel } from '../page-model.ts'
import { App } from './app.tsx'
import { embeddedData } from './embedded-data.ts'
import { Fill } from './fill.tsx'
import { createPageData } from './page-data.ts'
import { PageProvider } from './page-context.ts'
import { iconOf, titleOf } from './overall-status.ts'
import { ClockTime } from './time.tsx'

/** Options of `renderPage`. */
export interface RenderPageOptions {
  /** The nonce of the Content-Security-Policy. */
  readonly nonce: string
  /** Added to the addresses of script and style sheet, so that a new version replaces a cached one. */
  readonly version?: string | undefined
}

/** The whole document, complete without script. */
export function renderPage(model: PageModel, { nonce, version }: RenderPageOptions): string {
  const data = createPageData(model)
  const { base, locale, state, texts } = data
  const { now } = state
  const page = { locale, base, texts, now, hydrated: false }
  const query = version === undefined ? '' : `?v=${encodeURIComponent(version)}`
  const html = (
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{titleOf(state, texts)}</title>
        <link rel="icon" href={iconOf(state)} />
        <link rel="stylesheet" href={`${base}app.css${query}`} nonce={nonce} />
        <script type="module" src={`${base}app.js${query}`} nonce={nonce} />
      </head>
      <body>
        <a class="skip" href="#content">
          {texts.skip}
        </a>
        <noscript>
          <p class="no-script">
            <PageProvider value={page}>
              <Fill text={texts.noScript} name="time">
                <ClockTime at={now} precision="second" />
              </Fill>
            </PageProvider>
          </p>
        </noscript>
        <div id="app">
          <App page={page} data={data} state={state} contact={{ kind: 'stream', at: now }} />
        </div>
        <script type="application/json" id="page-data" nonce={nonce} dangerouslySetInnerHTML={{ __html: embeddedData(data) }} />
      </body>
    </html>
  )
  return `<!doctype html>\n${renderToString(html)}`
}
