import { type Browser, chromium } from 'playwright-core'

/** Starts Debian's Chromium. */
export function startBrowser(): Promise<Browser> {
  // Chromium refuses its sandbox to root.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}
