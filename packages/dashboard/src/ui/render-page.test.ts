import { describe, expect, it } from 'vitest'
import { type Locale, textsFor } from '@postern/core'
import { hostileText, type ModelName, modelOf } from '../../test/ui-models.ts'
import type { PageModel } from '../page-model.ts'
import { readEmbeddedData } from './embedded-data.ts'
import { renderPage } from './render-page.tsx'

const nonce = 'bm9uY2U'
const states = ['pass', 'warn', 'fail', 'unknown', 'empty', 'several', 'long', 'many', 'hostile'] as const satisfies readonly ModelName[]

function render(name: ModelName, locale?: Locale, more?: Partial<PageModel>): string {
  return renderPage(modelOf(name, locale, more), { nonce })
}

/** What a person reads: without tags, and without the data for the script. */
function readable(html: string): string {
  return unescaped(html.replace(/<script[^]*?<\/script>/g, '').replace(/<[^>]*>/g, ' '))
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&').replace(/\s+/g, ' ')
}

/** The parts of a text, in the order in which a person meets them. */
function inOrder(text: string, parts: readonly string[]): boolean {
  return parts.reduce((at, part) => (at < 0 ? at : text.indexOf(part, at)), 0) >= 0
}

describe.each(states)('the page in the state "%s"', (name) => {
  const html = render(name)

  it('obeys a policy that allows nothing without a nonce', () => {
    expect(html.match(/<[^>]*\s(?:style|on\w+)=/g)).toBeNull()
    expect(html.match(/<style/g)).toBeNull()
    const loading = html.match(/<(?:script|link rel="stylesheet")[^>]*>/g)!
    expect(loading).toHaveLength(3)
    expect(loading.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([])
  })

  it('loads nothing from elsewhere', () => {
    const addresses = [...html.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, address]) => address!)
    expect(addresses.filter((address) => !/^(?:#|data:image\/svg\+xml,|\/admin\/mail\/app\.(?:js|css)$)/.test(address))).toEqual([])
  })

  it('carries its model, from which the browser renders it again', () => {
    const [, json] = /<script type="application\/json"[^>]*>([^]*?)<\/script>/.exec(html)!
    expect(readEmbeddedData(json!)).toMatchObject(JSON.parse(JSON.stringify(modelOf(name))) as object)
  })

  it('has one heading of the first level, and leaves out no level', () => {
    const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level, index) => (index > 0 && level === 1) || level > (levels[index - 1] ?? 0) + 1)).toEqual([])
  })

  it('has each id once', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(ids).toHaveLength(new Set(ids).size)
  })
})

describe('the page, without script', () => {
  it('answers in the order of the questions', () => {
    expect(
      inOrder(readable(render('warn')), [
        'Warning',
        'did not answer within 10 s',
        'Carries mail',
        '2525',
        'since 10:08 UTC',
        'Sent in the last hour',
        '214',
        'Failed in the last 24 h',
        '3',
        'Certificate expires',
        'in 61 days',
        'Ports',
        'Closed',
        'Next check in 6 minutes',
        'carries mail',
        'TLSv1.2',
        'Timeline',
        'Last failures',
        'may have accepted the message',
        '2 times',
        'Connections and queue',
        '5 of 5',
      ]),
    ).toBe(true)
  })

  it('says when it was made, and that the forms need a script', () => {
    const [notice] = /<noscript>[^]*<\/noscript>/.exec(render('pass'))!
    expect(readable(notice)).toContain('the state of 10:30:12 UTC')
    expect(readable(notice)).toContain('need JavaScript')
    expect(render('pass')).toMatch(/hidden[^>]*><section class="part check"/)
  })

  it('says the status in the title', () => {
    expect(render('fail')).toContain('<title>Down · Outgoing mail</title>')
    expect(render('several')).toContain('<title>Down · Outgoing mail</title>')
    expect(render('empty')).toContain('<title>Outgoing mail</title>')
  })

  it('describes the timeline, and has its events in a table', () => {
    const html = render('warn')
    expect(html).toMatch(/role="img" aria-label="Period: 1 hour. Attempts: 7, of which failed: 5. Changes of port: 2. Messages accepted: 220, not accepted: 1, outcome unknown: 1."/)
    expect(readable(html)).toContain('Fallback from 587. The server did not answer.')
  })

  it('has an overview of several mailers with a link to each', () => {
    const html = render('several')
    const links = [...html.matchAll(/href="#(mailer-[^"]*)"/g)].map(([, id]) => id!)
    expect(links).toHaveLength(3)
    expect(links.filter((id) => !html.includes(`id="${id}"`))).toEqual([])
  })

  it('has no overview of one mailer', () => {
    expect(render('pass')).not.toContain('<nav')
  })
})

describe('the page of an app that only shows', () => {
  it('has neither form nor test message', () => {
    const { form: _, testMessage: __, ...shown } = modelOf('warn')
    expect(renderPage(shown, { nonce })).not.toContain('<form')
  })
})

it('escapes what could run', () => {
  const html = render('hostile')
  expect(html).not.toContain('<img')
  expect(html.match(/<\/script>/g)).toHaveLength(2)
  expect(readable(html)).toContain(hostileText.slice(0, 30))
})

it('draws ten thousand events with a limited number of shapes', () => {
  const [drawing] = /<svg class="timeline-chart"[^]*?<\/svg>/.exec(render('many'))!
  expect(drawing.match(/<(?:path|rect|text|title)/g)!.length).toBeLessThan(2_500)
})

it('adds the version to the addresses', () => {
  expect(renderPage(modelOf('pass'), { nonce, version: 'a1' })).toContain('src="/admin/mail/app.js?v=a1"')
})

describe.each(['de', 'fr'] as const)('the page in "%s"', (locale) => {
  /** Words that are frequent in English, and in none of the other languages. */
  const englishWord = /\b(?:the|is|are|of|and|or|not|this|that|with|from|for|your|does|has|last|port in use)\b/gi

  it.each(['warn', 'fail', 'unknown', 'empty', 'several'] as const)('has no English text in the state "%s"', (name) => {
    const html = render(name, locale)
    expect(html).toContain(`<html lang="${locale}">`)
    const labels = [...html.matchAll(/\s(?:aria-label|title|placeholder)="([^"]*)"/g)].map(([, label]) => unescaped(label!))
    expect(`${readable(html)} ${labels.join(' ')}`.match(englishWord)).toBeNull()
  })

  it('has the stages in this language', () => {
    expect(readable(render('pass', locale))).toContain(textsFor(locale).stages.tls)
  })
})
