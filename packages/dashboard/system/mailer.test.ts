import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTransport } from '@postern/nodemailer'
import { startProvider } from '@postern/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createDashboard } from '../src/index.ts'
import { nodeHandler } from '../src/node.ts'
import { installBrowser, startBrowser } from '../test/browser.ts'

let browser: Browser
beforeAll(async () => {
  await installBrowser()
  browser = await startBrowser()
})
afterAll(() => browser?.close())

/** An app with a dashboard in front of a mail provider, and the page in the browser. */
async function open(query = '') {
  const provider = await startProvider()
  const mailer = createTransport(provider.settings, { selection: { recheck: { initial: 500, max: 500 } } })
  const dashboard = createDashboard(mailer, { authorize: () => true, testMessage: { from: 'app@postern.test', to: 'ada@postern.test' } })
  const server = createServer(nodeHandler(dashboard))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const page = await browser.newPage()
  onTestFinished(async () => {
    await page.close()
    dashboard.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    mailer.close()
    await provider.close()
  })
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`)
  await page.waitForSelector('.live')
  return { page, provider, complaints }
}

it('shows a message, the fallback after its port is closed, and the return, without a reload', async () => {
  const { page, provider, complaints } = await open()
  const send = async () => await page.getByRole('button', { name: 'Send the test message' }).click()
  const status = (word: string) => page.getByRole('status').filter({ hasText: word }).waitFor()
  const port = (name: 587 | 2525) => page.locator('.gate', { has: page.locator('h4', { hasText: String(provider.ports[name]) }) })

  await send()
  await page.getByText('The server accepted the message').waitFor()
  await status('Working')
  expect(await port(587).getAttribute('class')).toContain('in-use')

  await provider.fault(587, 'refuse')
  await send()
  await status('Warning')
  await port(2525).locator('.badge').waitFor()
  expect(await port(587).innerText()).toMatch(/Closed[^]*refused the connection/)

  await provider.heal(587)
  await status('Working')
  await port(587).locator('.badge').waitFor()
  await page.locator('.change.is-recovered').first().waitFor()
  expect(provider.messages).toHaveLength(2)
  expect(complaints).toEqual([])
})

it('has failures in its own language, although browser and mailer have another one', async () => {
  const { page, provider } = await open('?locale=de')
  await provider.fault(587, 'refuse')
  await page.getByRole('button', { name: 'Testnachricht senden' }).click()
  const gate = page.locator('.gate', { has: page.locator('h4', { hasText: String(provider.ports[587]) }) })
  await gate.getByText('hat die Verbindung abgelehnt').waitFor()
  expect(await page.locator('main').innerText()).not.toMatch(/The server|Check /)
})
