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

  it('tells a host from a mail domain', () => {
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
    ['TurboSMTP', 'pro.turbo-smtp.com'],
    ['TurboSMTP-EU', 'pro.eu.turbo-smtp.com'],
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
    for (const { id, hosts, ports, discouraged } of providers()) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(hosts, id).not.toEqual([])
      expect(ports, id).not.toEqual([])
      for (const { port } of ports) expect(Number.isInteger(port) && port > 0 && port < 65_536, `${id} ${port}`).toBe(true)
      for (const port of discouraged) expect(ports.map((one) => one.port), id).toContain(port)
    }
  })

  it('names no id, host, domain, service or port twice', () => {
    const keys = providers().flatMap(({ id, hosts, domains, nodemailer, ports }) => [
      `id ${id}`,
      ...hosts.map((host) => `host ${host}`),
      ...domains.map((domain) => `domain ${domain}`),
      ...nodemailer.map((name) => `service ${name}`),
      ...ports.map(({ port }) => `${id} ${port}`),
    ])
    expect(keys.length - new Set(keys).size).toBe(0)
  })

  it('has the article\'s worked example', () => {
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
