import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { installPackages } from '@postern/bench/host'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** Starts Debian's Chromium. */
export async function startBrowser(): Promise<Browser> {
  await installPackages(['chromium'])
  // Its sandbox does not work for root.
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}

/** A page, with the errors of its console: also each violation of the Content-Security-Policy. */
export interface WatchedPage {
  readonly page: Page
  readonly errors: readonly string[]
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
  })
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.goto(url)
  return { page, errors }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Expects no violation of the rules of axe, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Evaluated by the debugger, which the Content-Security-Policy does not concern.
    await page.evaluate(axe)
    const { violations } = await page.evaluate<AxeResults>('axe.run()')
    const found = violations.map(({ id, nodes }) => ({ id, colorScheme, nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`) }))
    expect(found).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

/** Expects that nothing is wider than a small phone. */
export async function expectFits(page: Page, width = 320): Promise<void> {
  const before = page.viewportSize()!
  await page.setViewportSize({ width, height: 640 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
  await page.setViewportSize(before)
}
