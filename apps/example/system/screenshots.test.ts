import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endApps, type RunningApp, startApp } from '../test/start-app.ts'
import { openPage, startBrowser } from './browser.ts'
import { postAction } from './lab-actions.ts'

// `npm run screenshots` writes the pictures of the README and the docs.
const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url))
const isWriting = process.env.WRITE_SCREENSHOTS === '1'

// A page of documentation with several of them should load fast.
const MAX_BYTES = 150_000

interface View {
  readonly name: string
  readonly path: '/' | '/mail/'
  /** What is posted to the lab before. */
  readonly prepare: readonly (readonly [action: string, body: object])[]
  /** A text that the page must show, in its first part. */
  readonly shows: string
  readonly options?: BrowserContextOptions
  /** Whether it is taken in an app that has just started. @default false */
  readonly isFresh?: boolean
}

const heal = ['heal', {}] as const
const sendOne = ['send', { count: 1 }] as const
const fault = (fault: string, ...ports: readonly number[]) => ports.map((port) => ['fault', { port, fault }] as const)
const scene = (id: string) => ['scene', { id }] as const

const phone = { width: 320, height: 640 }

const desktop = { width: 1100, height: 800 }
const withTimeline = { width: 1100, height: 1150 }

const views: readonly View[] = [
  { name: 'lab', path: '/', prepare: [scene('blocked'), scene('recovers'), scene('stripped')], shows: 'Mail goes over' },
  { name: 'lab-phone-dark', path: '/', prepare: [], shows: 'Mail goes over', options: { colorScheme: 'dark', viewport: phone } },
  { name: 'dashboard-pass', path: '/mail/', prepare: [heal, ['send', { count: 500 }], scene('login'), scene('recovers')], shows: 'Working', options: { viewport: withTimeline } },
  { name: 'dashboard-dark', path: '/mail/', prepare: [], shows: 'Working', options: { colorScheme: 'dark', viewport: withTimeline } },
  { name: 'dashboard-fallback', path: '/mail/', prepare: [...fault('black-hole', 587), sendOne], shows: 'Warning' },
  { name: 'dashboard-phone', path: '/mail/', prepare: [], shows: 'Warning', options: { viewport: phone } },
  { name: 'dashboard-fail', path: '/mail/', prepare: [...fault('black-hole', 587, 2525, 465), sendOne], shows: 'Down' },
  { name: 'dashboard-german', path: '/mail/', isFresh: true, prepare: [], shows: 'Warnung', options: { locale: 'de-DE' } },
]

let browser: Browser
let app: RunningApp

beforeAll(async () => {
  browser = await startBrowser()
  app = await startApp('main.js')
  await mkdir(folder, { recursive: true })
})

afterAll(async () => {
  await browser.close()
  endApps()
})

describe('the screenshots', () => {
  it.each(views)('$name', async ({ name, path, prepare, shows, options, isFresh }) => {
    const { url } = isFresh ? await startApp('main.js') : app
    for (const [action, body] of prepare) await postAction(url, action, body)
    const { page, errors } = await openPage(browser, `${url}${path}`, { viewport: desktop, ...options })
    await page.locator('#mail-now, .status-word').getByText(shows).waitFor()
    const picture = await page.screenshot({ animations: 'disabled' })
    expect(picture.length).toBeLessThanOrEqual(MAX_BYTES)
    expect(errors).toEqual([])
    if (isWriting) await writeFile(`${folder}${name}.png`, picture)
    await page.context().close()
  })
})
