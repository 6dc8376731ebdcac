import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scenes } from '../src/lab/scenes.ts'
import { endApps, labApps, startApp } from '../test/start-app.ts'
import { expectAccessible, expectFits, openPage, startBrowser } from './browser.ts'

let browser: Browser

beforeAll(async () => {
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  endApps()
})

/** The failure that the dashboard shows after a scene; without one, the port that carries mail. */
const onDashboard: Readonly<Record<string, string>> = {
  blocked: 'connect-timeout',
  stripped: 'starttls-not-offered',
  expired: 'certificate-expired',
  login: 'auth-rejected',
  'after-dot': 'connection-lost',
  connections: 'rate-limited',
  'nothing-opens': 'no-usable-endpoint',
}

describe.each(labApps)('the lab of %s', (_, main) => {
  let url: string
  let page: Page
  let errors: readonly string[]
  let dashboard: Page

  beforeAll(async () => {
    ;({ url } = await startApp(main))
    ;({ page, errors } = await openPage(browser, url))
    ;({ page: dashboard } = await openPage(browser, `${url}/mail/`))
  })

  it('shows that 587 is blocked and mail goes over 2525', async () => {
    await page.getByText('Mail goes over 2525', { exact: true }).waitFor()
    expect(await page.getByRole('group', { name: 'Faults of 587' }).getByRole('button', { pressed: true }).allTextContents()).toEqual(['Blocked'])
    await expectAccessible(page)
  })

  it.each(scenes)('plays the scene "$title", and shows its failure on the dashboard', async ({ id, claims }) => {
    const card = page.locator(`#scene-${id}`)
    await card.getByRole('button').click()
    await card.getByText('Promise kept').waitFor({ timeout: 60_000 })
    await page.getByRole('status').getByText('promise kept').waitFor()
    const shown = await card.locator('.claims li').allInnerTexts()
    expect(shown.map((text) => text.replace(/\s+/g, ' '))).toEqual(claims.map(({ text }) => `Yes ${text}`))
    const seen = onDashboard[id]
    await (seen ? dashboard.locator('.failure-list code', { hasText: seen }).first() : dashboard.locator('.in-use', { hasText: '587' })).waitFor()
  })

  it('plays the tour with one button, and is accessible with all reports', async () => {
    await page.getByRole('button', { name: 'Play all eight' }).click()
    await page.getByText('The tour has ended.').waitFor({ timeout: 150_000 })
    expect(await page.locator('.verdict').allInnerTexts()).toEqual(scenes.map(() => expect.stringContaining('Promise kept')))
    for (const evidence of await page.getByText('Evidence', { exact: true }).all()) await evidence.click()
    await expectAccessible(page)
    await expectFits(page)
  })

  it('switches a fault by keyboard, and keeps the focus', async () => {
    const fault = page.getByRole('group', { name: 'Faults of 465' }).getByRole('button', { name: 'Certificate expired' })
    await fault.focus()
    await page.keyboard.press('Enter')
    await page.getByText('465: certificate expired.').waitFor()
    await page.locator('#port-465 [aria-pressed=true]').waitFor()
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Certificate expired')
    await page.getByRole('button', { name: 'Heal all' }).click()
    await page.getByText('Every port works.').waitFor()
    await page.locator('[aria-pressed=true]').waitFor({ state: 'detached' })
  })

  it('sends one mail, which opens in the inbox, and five hundred', async () => {
    await page.getByRole('button', { name: 'Send one mail' }).click()
    await page.getByRole('status').getByText(/^Accepted after/).waitFor()
    const mail = page.locator('#inbox details').first()
    await mail.getByText('Mail 1 of 1').click()
    expect(await mail.innerText()).toContain('Sent by the lab at')
    await page.getByRole('button', { name: 'Send 500 mails' }).click()
    await page.getByText('500 of 500 mails accepted.').waitFor({ timeout: 60_000 })
    await page.getByText('the newest 50 are shown').waitFor()
    await expectAccessible(page)
  })

  it('is useful without its script', async () => {
    const { page, errors } = await openPage(browser, url, { javaScriptEnabled: false })
    expect(await page.locator('#tour .verdict').count()).toBe(scenes.length)
    expect(await page.locator('#inbox details').count()).toBe(50)
    expect(errors).toEqual([])
    await page.context().close()
  })

  it('has caused no error in the console', () => {
    expect(errors).toEqual([])
  })
})
