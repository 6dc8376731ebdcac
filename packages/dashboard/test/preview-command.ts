// Takes pictures of the page in each state: npm run preview -- <folder>. Build first.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locale } from '@postern/core'
import type { Page } from 'playwright-core'
import type { PageModel } from '../src/page-model.ts'
import { startBrowser } from './browser.ts'
import { checkAnswer, type ModelName, modelOf, testAnswer } from './ui-models.ts'
import { serveUi, type UiServer } from './ui-server.ts'

interface Picture {
  readonly name: string
  readonly model: ModelName
  readonly locale?: Locale
  readonly dark?: boolean
  readonly width?: number
  readonly more?: Partial<PageModel>
  readonly noScript?: boolean
  /** A mailer whose part is shown. */
  readonly fragment?: string
  readonly act?: (page: Page) => Promise<void>
}

const pictures: readonly Picture[] = [
  { name: 'pass', model: 'pass' },
  { name: 'warn', model: 'warn' },
  { name: 'fail', model: 'fail' },
  { name: 'unknown', model: 'unknown' },
  { name: 'empty', model: 'empty' },
  { name: 'several', model: 'several' },
  { name: 'several-one', model: 'several', fragment: '#mailer-newsletter', dark: true },
  { name: 'long', model: 'long', width: 700 },
  { name: 'many', model: 'many' },
  { name: 'phone', model: 'warn', width: 320 },
  { name: 'phone-long', model: 'long', width: 320, locale: 'de', dark: true },
  { name: 'german', model: 'warn', locale: 'de' },
  { name: 'french', model: 'fail', locale: 'fr' },
  { name: 'dark', model: 'warn', dark: true },
  { name: 'dark-fail', model: 'fail', dark: true },
  { name: 'wide', model: 'warn', width: 1_920 },
  { name: 'no-script', model: 'warn', noScript: true, more: { form: undefined!, testMessage: undefined! } },
  { name: 'no-script-phone', model: 'warn', noScript: true, width: 320 },
  { name: 'checked', model: 'pass', act: fillIn },
  { name: 'checked-phone', model: 'pass', locale: 'de', width: 320, act: fillIn },
]

async function fillIn(page: Page): Promise<void> {
  await page.fill('[name="account"]', 'smtp.example.com')
  await page.fill('[name="auth.user"]', 'ada@example.com')
  await page.fill('[name="auth.pass"]', 'secret')
  await page.click('.check button[type="submit"]')
  await page.waitForSelector('.configuration')
  await page.fill('[name="to"]', 'ada@example.com')
  await page.click('.test button[type="submit"]')
  await page.waitForSelector('.test .note')
  await page.click('.events summary')
}

const [folder = '/tmp', only] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
const server = await serveUi(modelOf('pass'))
const browser = await startBrowser()
try {
  for (const picture of pictures) if (only === undefined || picture.name === only) await take(picture, server)
} finally {
  await browser.close()
  await server.close()
}

async function take({ name, model, locale, dark = false, width = 1_200, more, noScript = false, fragment = '', act }: Picture, server: UiServer): Promise<void> {
  server.show(modelOf(model, locale, more), { check: checkAnswer(locale), testMessage: testAnswer })
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: !noScript })
  page.on('console', (message) => console.log(name, message.text()))
  page.on('pageerror', (error) => console.log(name, error))
  await page.goto(server.url + fragment)
  if (!noScript) await page.waitForSelector('.live')
  await act?.(page)
  const scroll = await page.evaluate<number>('document.documentElement.scrollWidth')
  if (scroll > width) console.log(`${name}: ${scroll} px wide on a screen of ${width} px`)
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  await page.close()
}
