import { describe, expect, it } from 'vitest'
import { clientNames } from './client-names.ts'

const unexpected = () => expect.unreachable()
const host = 'smtp.example.com'
const auth = (user: string) => ({ user, pass: 'secret' })

describe('the EHLO names', () => {
  it.each([
    ['the name that the caller set, alone', { host, clientName: 'app', auth: auth('ada@example.com') }, 'a.example.net', ['app']],
    ['the full name of the machine', { host, auth: auth('ada@example.com') }, 'app-1.example.net', ['app-1.example.net', '[127.0.0.1]']],
    ['the domain of the user name', { host, auth: auth('ada@Example.com') }, 'app-1', ['example.com', '[127.0.0.1]']],
    ['that of a name with an umlaut', { host, auth: auth('ada@m\u00fcller.de') }, 'app-1', ['xn--mller-kva.de', '[127.0.0.1]']],
    ['that after the last @', { host, auth: auth('"a@b"@example.com') }, 'app-1', ['example.com', '[127.0.0.1]']],
    ['the domain of the sender, where the user name has none', { host, auth: auth('apikey') }, 'app-1', ['sender.example', '[127.0.0.1]']],
    ['for a relay that refuses address literals', { host: 'smtp-relay.gmail.com' }, 'app-1', ['sender.example', 'app-1']],
  ])('%s', (_, settings, machine, names) => {
    expect(clientNames(settings, () => 'bob@sender.example', undefined, machine)).toEqual(names)
  })

  it.each([
    ['a short name', 'app-1', ['[127.0.0.1]', 'app-1']],
    ['a name with an underscore', 'app_1', ['[127.0.0.1]']],
    ['an address', '192.0.2.1', ['[127.0.0.1]']],
    ['an empty name', '', ['[127.0.0.1]']],
  ])('are an address literal and %s, where no domain is known', (_, machine, names) => {
    for (const user of ['ada', 'ada@localhost', 'ada@192.0.2.1', 'ada@[192.0.2.1]', 'ada@', 'ada@a b.example', 'ada@x\r\nMAIL.example', `ada@${'a'.repeat(300)}.example`]) {
      expect(clientNames({ host, auth: auth(user) }, undefined, undefined, machine)).toEqual(names)
    }
  })

  it('do not ask for the sender if something better is known', () => {
    expect(clientNames({ host, auth: auth('ada@example.com') }, unexpected, undefined, 'app')).toHaveLength(2)
    expect(clientNames({ host, auth: auth('ada') }, unexpected, undefined, 'app.example.net')).toHaveLength(2)
  })

  it('begin with the one that was not refused before', () => {
    expect(clientNames({ host, auth: auth('ada@example.com') }, undefined, new Set(['example.com']), 'app')).toEqual(['[127.0.0.1]', 'example.com'])
  })
})
