import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endApps, labApps, startApp } from '../test/start-app.ts'
import { expectAccessible, expectFits, openPage, startBrowser } from './browser.ts'
import { postAction } from './lab-actions.ts'

let browser: Browser

beforeAll(async () => {
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.close()
  endApps()
})

describe.each(labApps)('the dashboard of %s', (_, main) => {
  let url: string
  let page: Page
  let errors: readonly string[]

  beforeAll(async () => {
    ;({ url } = await startApp(main))
    ;({ page, errors } = await openPage(browser, `${url}/mail/`))
  })

  const word = (text: string) => page.locator('.status-word').getByText(text).waitFor()
  const gate = (port: number) => page.locator('.gate', { has: page.getByRole('heading', { name: String(port) }) })

  it('is reached from the lab', async () => {
    const { page, errors } = await openPage(browser, url)
    const [opened] = await Promise.all([page.context().waitForEvent('page'), page.getByRole('link', { name: 'Open the dashboard' }).click()])
    await opened.getByRole('heading', { name: '127.0.0.1' }).waitFor()
    expect(errors).toEqual([])
    await page.context().close()
  })

  it('shows the fallback: 587 is closed, 2525 carries mail', async () => {
    await word('Warning')
    expect(await gate(587).innerText()).toContain('Closed')
    expect(await gate(2525).innerText()).toContain('carries mail')
    await expectAccessible(page)
    await expectFits(page)
  })

  it('shows without a reload that 587 carries mail again', async () => {
    await postAction(url, 'heal', {})
    await gate(587).getByText('carries mail').waitFor()
    await word('Working')
    expect(await gate(587).innerText()).toContain('Open')
    await expectAccessible(page)
  })

  it('shows that nothing opens, and why', async () => {
    for (const port of [587, 2525, 465]) await postAction(url, 'fault', { port, fault: 'black-hole' })
    await postAction(url, 'send', { count: 1 })
    await word('Down')
    expect(await page.locator('.status').innerText()).toContain('none of its mail ports (587, 2525, 465) answered')
    await page.locator('.failure-list code', { hasText: 'no-usable-endpoint' }).first().waitFor()
    await expectAccessible(page)
    await expectFits(page)
    await postAction(url, 'heal', {})
    await word('Working')
  })

  it('sends a test message, which arrives', async () => {
    await page.getByRole('button', { name: 'Send the test message' }).click()
    await page.locator('.test [role=status]').getByText('accepted').waitFor()
    const inbox = (await (await fetch(`${url}/inbox`)).json()) as { readonly subject: string }[]
    expect(inbox.map(({ subject }) => subject)).toContain('Test message')
  })

  it('checks settings, but not those of private addresses', async () => {
    await page.getByRole('textbox', { name: 'E-mail address or mail server' }).fill('localhost')
    await page.getByRole('button', { name: 'Test these settings' }).click()
    await page.getByText('These settings do not work yet.').waitFor()
    expect(await page.locator('.note', { hasText: 'Connections to this target are not allowed here.' }).count()).toBe(3)
    await expectAccessible(page)
  })

  it('speaks German to a German browser', async () => {
    const { page, errors } = await openPage(browser, `${url}/mail/`, { locale: 'de-DE' })
    await page.locator('.status-word').getByText('In Betrieb').waitFor()
    await expectAccessible(page)
    await expectFits(page)
    expect(errors).toEqual([])
    await page.context().close()
  })

  it('has caused no error in the console', () => {
    expect(errors).toEqual([])
  })
})
