import { type Browser, chromium } from 'playwright-core'
// By its path: the benchmarks depend on the dashboard, so a dependency on them would be circular.
import { installPackages } from '../../../apps/bench/src/host/packages.ts'

/** Installs Debian's Chromium. Needs root. */
export function installBrowser(): Promise<void> {
  return installPackages(['chromium'])
}

/** Starts Debian's Chromium. */
export function startBrowser(): Promise<Browser> {
  // Chromium refuses its sandbox to root.
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}
