import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lookupProvider, providerOfHost, providers } from './lookup.ts'
import { findService } from './service.ts'

describe('lookupProvider', () => {
  it.each([
    ['smtp.mailpro.com', 'mailpro'],
    ['SMTP.Gmail.COM', 'gmail'],
    ['smtp.gmail.com.', 'gmail'],
    [' smtp.gmail.com ', 'gmail'],
    ['gmail.com', 'gmail'],
    ['ada@gmail.com', 'gmail'],
    ['"a@b"@web.de', 'web-de'],
    ['email-smtp.eu-west-1.amazonaws.com', 'amazon-ses'],
    ['email-smtp.us-gov-west-1.amazonaws.com', 'amazon-ses'],
    ['smtp.example.com', undefined],
    ['evil-smtp.gmail.com', undefined],
    ['smtp.gmail.com.evil.example', undefined],
    ['email-smtp.a.b.amazonaws.com', undefined],
    ['email-smtp..amazonaws.com', undefined],
    ['email-smtp.amazonaws.com', undefined],
    ['', undefined],
    ['@', undefined],
  ])('%j is %s', (name, id) => {
    expect(lookupProvider(name)?.id).toBe(id)
  })

  it('distinguishes a host from a mail domain', () => {
    expect(providerOfHost('gmail.com')).toBeUndefined()
  })
})

describe('findService', () => {
  it.each([
    ['Gmail', 'smtp.gmail.com'],
    ['gmail', 'smtp.gmail.com'],
    ['mailpro', 'smtp.mailpro.com'],
    ['Microsoft 365', 'smtp.office365.com'],
    ['Outlook365', 'smtp.office365.com'],
    ['outlook.com', 'smtp-mail.outlook.com'],
    ['SES', 'email-smtp.us-east-1.amazonaws.com'],
    ['SES-EU-WEST-1', 'email-smtp.eu-west-1.amazonaws.com'],
    ['SES-a.b', undefined],
    ['SES-', undefined],
    ['somebody-eu', undefined],
    ['', undefined],
  ])('%j stands for %s', (name, host) => {
    expect(findService(name)?.host).toBe(host)
  })
})

describe('the catalogue', () => {
  it('has at least forty providers, each with a host and an encrypted port', () => {
    expect(providers().length).toBeGreaterThanOrEqual(40)
    const lacking = providers().filter(({ id, hosts, ports, discouraged }) => {
      const numbers = ports.map(({ port }) => port)
      const sound = numbers.length > 0 && numbers.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) ||
        hosts.length === 0 ||
        !sound ||
        discouraged.some((port) => !numbers.includes(port))
      )
    })
    expect(lacking.map(({ id }) => id)).toEqual([])
  })

  it('has no duplicate id, host, domain, service or port', () => {
    const keys = providers().flatMap(({ id, hosts, domains, aliases, ports }) =>
      [
        [`id ${id}`],
        hosts.map((host) => `host ${host}`),
        domains.map((domain) => `domain ${domain}`),
        aliases.map((name) => `service ${name}`),
        ports.map(({ port }) => `${id} ${port}`),
      ].flat(),
    )
    expect(keys.length - new Set(keys).size).toBe(0)
  })

  it('has a documentation entry for each provider', () => {
    const pages = readFileSync(new URL('../../../../docs/providers.md', import.meta.url), 'utf8')
    expect(
      providers()
        .filter(({ id, name }) => !pages.includes(`| \`${id}\` ${name} | <https://`))
        .map(({ id }) => id),
    ).toEqual([])
  })

  it("has the example of the article", () => {
    expect(lookupProvider('smtp.mailpro.com')).toMatchObject({
      name: 'Mailpro',
      ports: [
        { port: 587, security: 'starttls' },
        { port: 2525, security: 'starttls' },
        { port: 465, security: 'implicit' },
      ],
      discouraged: [465],
      login: { kinds: ['password'], user: 'email' },
    })
  })
})
