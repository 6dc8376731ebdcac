import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { installBrowser, startBrowser } from '../test/browser.ts'
import { checkAnswer, type ModelName, modelOf, now, testAnswer } from '../test/ui-models.ts'
import { serveUi, type UiServer } from '../test/ui-server.ts'

const schemes = ['light', 'dark'] as const
const states = ['pass', 'warn', 'fail', 'unknown', 'empty', 'several', 'long', 'many', 'hostile'] as const satisfies readonly ModelName[]

let axe: string
let server: UiServer
let browser: Browser
beforeAll(async () => {
  await installBrowser()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  server = await serveUi(modelOf('pass'))
  browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

interface Visit {
  readonly model?: ModelName
  readonly locale?: 'en' | 'de' | 'fr'
  readonly scheme?: (typeof schemes)[number]
  readonly width?: number
  readonly fragment?: string
  readonly script?: boolean
}

/** Opens the page, and collects what the browser complains about. */
async function visit({ model = 'pass', locale = 'en', scheme = 'light', width = 1_200, fragment = '', script = true }: Visit = {}) {
  server.show(modelOf(model, locale), { check: checkAnswer(locale), testMessage: testAnswer })
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: script, timezoneId: 'Asia/Kathmandu' })
  onTestFinished(() => page.close())
  const complaints: string[] = []
  // A policy violation is a message on the console, too.
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) complaints.push(request.url())
  })
  await page.goto(server.url + fragment)
  if (script) await page.waitForSelector('.live')
  return { page, complaints }
}

async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate<AxeResults>(`${axe}; axe.run(document, { resultTypes: ['violations'] })`)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

async function checkSettings(page: Page): Promise<void> {
  await page.fill('[name="account"]', 'smtp.example.com')
  await page.fill('[name="auth.pass"]', ' hunter2 ')
  await page.click('.check button[type="submit"]')
  await page.waitForSelector('.configuration')
}

describe.each(schemes)('in the %s scheme', (scheme) => {
  it.each(states)('the state "%s" has no fault that axe finds, and obeys its policy', async (model) => {
    const { page, complaints } = await visit({ model, scheme })
    expect(await page.locator('[style]').count()).toBe(0)
    expect(complaints).toEqual([])
    expect(await violations(page)).toEqual([])
  })

  it('neither do the results of both forms, the open table, and one mailer of several', async () => {
    const { page, complaints } = await visit({ scheme, model: 'several', fragment: '#mailer-newsletter' })
    await checkSettings(page)
    await page.fill('[name="to"]', 'ada@example.com')
    await page.click('.test button[type="submit"]')
    await page.waitForSelector('.test .note')
    await page.click('.mailer:target .events summary')
    await page.click('.check summary')
    expect(complaints).toEqual([])
    expect(await violations(page)).toEqual([])
  })
})

// German has the longest words.
it.each([...states.map((model) => [model, 'de'] as const), ['warn', 'en'], ['warn', 'fr']] as const)('the state "%s" fits a screen of 320 px, in "%s"', async (model, locale) => {
  const { page } = await visit({ model, locale, width: 320 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
  const tooWide = page.locator('.first-look, .part, .gate, .mailers a')
  expect(await tooWide.evaluateAll((boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).map(({ className }) => className))).toEqual([])
})

describe('the script', () => {
  it('takes over what the server has rendered, and changes only what depends on the reader', async () => {
    const { page: plain } = await visit({ model: 'warn', script: false })
    const before = await plain.locator('main').innerText()
    const { page } = await visit({ model: 'warn' })
    const after = await page.locator('main').innerText()
    expect(before).toContain('since 10:08 UTC')
    expect(after).toContain('since 15:53')
    expect(await plain.locator('form').first().isVisible()).toBe(false)
    expect(await page.locator('.gate').allInnerTexts()).toEqual(await plain.locator('.gate').allInnerTexts())
  })

  it('shows each update of the stream, and adds its events', async () => {
    const { page } = await visit({ model: 'pass' })
    const rows = () => page.locator('.timeline-chart').getAttribute('aria-label')
    expect(await rows()).toContain('Messages accepted: 180, not accepted: 0')
    const [mailer] = modelOf('fail').state.mailers
    const event = { id: 10_000, at: now, kind: 'send', port: 587, outcome: 'not-accepted', ms: 90 } as const
    server.send({ version: 1, now, mailers: [{ ...mailer!, events: [event] }] })
    await page.getByRole('status').filter({ hasText: 'Down' }).waitFor()
    expect(await page.title()).toBe('Down · Outgoing mail')
    expect(await page.locator('link[rel="icon"]').getAttribute('href')).toContain(encodeURIComponent('#e0443a'))
    expect(await rows()).toContain('Messages accepted: 180, not accepted: 1')
  })

  it('ends the stream while the tab is hidden, and opens one when it is visible again', async () => {
    const { page } = await visit()
    const setHidden = async (hidden: boolean) =>
      await page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await expect.poll(() => server.streams).toBe(1)
    await setHidden(true)
    await expect.poll(() => server.streams).toBe(0)
    await setHidden(false)
    await expect.poll(() => server.streams).toBe(1)
  })

  it('changes the period of the timeline', async () => {
    const { page } = await visit({ model: 'warn' })
    await page.getByRole('combobox', { name: 'Period' }).selectOption('1 minute')
    expect(await page.getByRole('img', { name: /^Period/ }).getAttribute('aria-label')).toMatch(/^Period: 1 minute\./)
  })
})

it('asks for earlier events once, when a period is chosen', async () => {
  const { state } = modelOf('warn')
  const newest = { ...state, mailers: state.mailers.map((mailer) => ({ ...mailer, events: mailer.events.slice(-20) })) }
  server.show({ ...modelOf('warn'), state: newest, hasEarlier: true }, { state })
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  const asked: string[] = []
  page.on('request', (request) => void (request.url().includes('/state') && asked.push(request.url())))
  await page.goto(server.url)
  await page.waitForSelector('.live')
  const accepted = async () => /accepted: (\d+)/.exec((await page.locator('.timeline-chart').getAttribute('aria-label'))!)![1]
  expect(Number(await accepted())).toBeLessThan(20)
  await page.getByRole('combobox', { name: 'Period' }).selectOption('1 hour')
  await expect.poll(accepted).toBe('220')
  await page.getByRole('combobox', { name: 'Period' }).selectOption('6 hours')
  expect(asked).toEqual([expect.stringContaining('/state?after=0')])
})

describe('the settings form', () => {
  it('posts what was entered, and shows findings, ports and a configuration without the password', async () => {
    const { page } = await visit()
    await checkSettings(page)
    expect(server.posted.at(-1)).toMatchObject({ route: 'check', body: { settings: { account: 'smtp.example.com', 'auth.pass': ' hunter2 ', port: '' }, probe: true, login: true } })
    expect(await page.locator('.check .result').innerText()).toMatch(/do not work yet[^]*2525 STARTTLS: Works/)
    expect(await page.locator('.configuration pre').innerText()).toBe('SMTP_HOST=smtp.example.com\nSMTP_PASS=')
  })

  it('opens the part with a wrong value, and posts nothing', async () => {
    const { page } = await visit()
    const before = server.posted.length
    await page.fill('[name="account"]', 'smtp.example.com')
    await page.click('.check summary')
    await page.fill('[name="port"]', '70000')
    await page.click('.check summary')
    await page.click('.check button[type="submit"]')
    expect(await page.locator('[name="port"]').evaluate((field) => field === document.activeElement && !(field as HTMLInputElement).validity.valid)).toBe(true)
    expect(server.posted).toHaveLength(before)
  })
})

it('sends a test message with the chosen mailer', async () => {
  const { page } = await visit({ model: 'several' })
  await page.getByRole('combobox', { name: 'Mailer' }).selectOption('invoices')
  await page.fill('[name="to"]', 'ada@example.com')
  await page.click('.test button[type="submit"]')
  await page.getByText('The server accepted the message on port 2525.').waitFor()
  expect(server.posted.at(-1)).toEqual({ route: 'test-message', body: { mailer: 'invoices', to: 'ada@example.com' } })
})

describe('the keyboard', () => {
  it('reaches the content first, and every control, and leaves each of them', async () => {
    const { page } = await visit({ model: 'warn' })
    const focused: string[] = []
    for (let count = 0; count < 14; count += 1) {
      await page.keyboard.press('Tab')
      focused.push(await page.evaluate(() => document.activeElement!.getAttribute('name') ?? document.activeElement!.className))
    }
    expect(focused[0]).toBe('skip')
    expect(focused).toEqual(expect.arrayContaining(['timeline-scroll', 'account', 'auth.user', 'auth.pass', 'to']))
  })

  it('opens one mailer of several, and the address leads there again', async () => {
    const { page } = await visit({ model: 'several' })
    expect(await page.locator('.mailer:visible').count()).toBe(0)
    await page.getByRole('link', { name: /^invoices/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'relay.internal.example' }).waitFor()
    expect(await page.locator('.mailer:visible').count()).toBe(1)
    expect(page.url()).toContain('#mailer-invoices')
  })
})
