import { blocked } from '../embedded-mail.ts'
import type { Facts } from './facts.ts'
import type { Claim, Scene } from './scene.ts'
import { plural, seconds } from './text.ts'

/** The guided tour. */
export const scenes: readonly Scene[] = [
  {
    id: 'blocked',
    title: '587 is blocked',
    setting: 'A firewall drops each packet to 587, as in many clouds. One mail is sent.',
    promises: [3, 5],
    steps: [{ faults: { 587: blocked } }, { send: 1 }, { waitFor: 'outcomes' }, { waitFor: 'fallback' }],
    happened: (facts) => [
      failureAt(587, facts),
      `The mail was accepted over ${portOfMail(facts)}, ${seconds(facts.sends[0]?.ms)} after the call.`,
      'Later mail goes over 2525. The move is an event, and a warning in the log.',
    ],
    claims: [
      arrivedOnce(2525),
      { text: 'The attempt at 587 is kept, with its stage, cause and time.', holds: ({ attempts }) => attempts.some(({ port, stage, code, ms }) => port === 587 && stage === 'connect' && code && ms > 0) },
      { text: 'The fallback was an event.', holds: ({ changes }) => changes.some(({ kind, port }) => kind === 'fallback' && port === 2525) },
      { text: '587 never answered, and delayed the mail by less than 5 s.', holds: ({ sends }) => sends.every(({ ms }) => ms < 5000) },
    ],
  },
  {
    id: 'recovers',
    title: '587 opens again',
    setting: '587 is blocked, and a mail goes over 2525. Then the firewall lets 587 through. Nobody restarts anything.',
    promises: [3, 4],
    steps: [
      { faults: { 587: blocked } },
      { send: 1 },
      { waitFor: 'fallback' },
      { waitFor: 'outcomes' },
      { heal: [587] },
      { waitFor: 'recovered' },
      { send: 1 },
      { waitFor: 'outcomes' },
    ],
    happened: (facts) => [
      `The first mail went over ${facts.arrived[0]?.port ?? 'no port'}.`,
      `${plural(checksOf587(facts), 'check')} in the background found that 587 had opened, ${seconds(returnedAfter(facts))} after the fallback. The lab checks after about 1 s, an app after 60 s, then less and less often.`,
      `The second mail went over ${facts.arrived[1]?.port ?? 'no port'}.`,
    ],
    claims: [
      { text: 'The first mail arrived over 2525, the second over 587.', holds: ({ arrived }) => arrived.map(({ port }) => port).join() === '2525,587' },
      { text: 'The return was an event.', holds: ({ changes }) => changes.at(-1)?.kind === 'recovered' && changes.at(-1)?.port === 587 },
      { text: '587 was checked no more than three times.', holds: (facts) => checksOf587(facts) <= 3 },
    ],
  },
  {
    id: 'stripped',
    title: 'STARTTLS is stripped',
    setting: 'A device in between removes STARTTLS from what 587 and 2525 offer, so that mail would be sent in clear text. One mail is sent.',
    promises: [1],
    steps: [{ faults: { 587: 'no-starttls', 2525: 'no-starttls' } }, { send: 1 }, { waitFor: 'outcomes' }],
    happened: (facts) => [
      failureAt(587, facts),
      `The mail was accepted over ${portOfMail(facts)}, which is encrypted from the first byte.`,
      `All that crossed the wire in clear text: ${clearLines(facts).join(', ') || 'nothing'}.`,
    ],
    claims: [
      arrivedOnce(465),
      { text: 'No login and no mail crossed the wire in clear text.', holds: ({ logins, arrived }) => logins.every(({ secure }) => secure) && arrived.every(({ secure }) => secure) },
      { text: 'In clear text there were greetings only: EHLO, STARTTLS, QUIT.', holds: (facts) => clearLines(facts).every((line) => /^(?:EHLO|STARTTLS|QUIT)\b/.test(line)) },
    ],
  },
  {
    id: 'expired',
    title: 'The certificate has expired',
    setting: 'The certificate of 587 expired yesterday. One mail is sent.',
    promises: [1, 3],
    steps: [{ faults: { 587: 'certificate-expired' } }, { send: 1 }, { waitFor: 'outcomes' }],
    happened: (facts) => [
      failureAt(587, facts),
      `What to do: ${facts.attempts.find(({ port, advice }) => port === 587 && advice)?.advice ?? ''}`,
      `The mail was accepted over ${portOfMail(facts)}, whose certificate is valid.`,
    ],
    claims: [
      arrivedOnce(2525),
      { text: 'The certificate was refused before the login: nobody logged in over 587.', holds: ({ logins, attempts }) => logins.every(({ port }) => port !== 587) && attempts.some(({ code }) => code === 'certificate-expired') },
    ],
  },
  {
    id: 'login',
    title: 'The login is rejected',
    setting: '587 rejects the password, and repeats it in its answer. 2525 would accept it. One mail is sent; then the password works again, and a second is sent.',
    promises: [4, 6],
    steps: [{ faults: { 587: 'auth-echo' } }, { send: 1 }, { waitFor: 'outcomes' }, { heal: [587] }, { send: 1 }, { waitFor: 'outcomes' }],
    happened: ({ sends: [refused], arrived }) => [refused?.message ?? '', refused?.advice ?? '', `The second mail was accepted over ${arrived[0]?.port ?? 'no port'}.`],
    claims: [
      { text: 'The refused login was sent once.', holds: ({ logins, sends: [refused] }) => logins.filter(({ ok }) => !ok).length === 1 && refused?.code === 'auth-rejected' },
      { text: 'It was not repeated on 2525 or 465: repeated failures lock accounts.', holds: ({ connections }) => connections[2525] + connections[465] === 0 },
      { text: 'The error does not contain the password that the server repeated.', holds: ({ hasPassword }) => !hasPassword },
      { text: 'Only the second mail arrived, over 587.', holds: ({ arrived }) => arrived.length === 1 && arrived[0]?.port === 587 },
    ],
  },
  {
    id: 'after-dot',
    title: 'The server dies after the dot',
    setting: '587 takes the whole mail and dies before it answers. One mail is sent.',
    promises: [2],
    steps: [{ faults: { 587: 'drops-after-body' } }, { send: 1 }, { waitFor: 'outcomes' }],
    happened: ({ sends: [send], arrived }) => [
      `The error has delivery: '${send?.outcome}'. ${send?.message ?? ''}`,
      send?.advice ?? '',
      `The inbox has the mail ${arrived.length === 1 ? 'once' : `${arrived.length} times`}: whoever sends again without looking makes it two.`,
    ],
    claims: [
      { text: "The outcome is 'unknown': neither a promise nor a false alarm.", holds: ({ sends }) => sends.every(({ outcome }) => outcome === 'unknown') },
      { text: 'The inbox has the mail once.', holds: ({ arrived }) => arrived.length === 1 },
      { text: 'It was not sent again over another port.', holds: ({ connections }) => connections[2525] + connections[465] === 0 },
    ],
  },
  {
    id: 'connections',
    title: 'Too many connections',
    setting: 'The provider allows two connections; the pool would use five. Five hundred mails are sent at once.',
    promises: [2],
    steps: [{ limit: 'connections' }, { send: 500 }, { waitFor: 'outcomes' }],
    happened: (facts) => [
      `The provider refused ${plural(facts.overLimit.connections, 'connection')} with 421. The pool continued with fewer.`,
      `${facts.sends.filter(({ outcome }) => outcome === 'accepted').length} of ${facts.sends.length} mails were accepted, the last one after ${seconds(Math.max(0, ...facts.sends.map(({ ms }) => ms)))}.`,
    ],
    claims: [
      { text: 'All 500 mails arrived, each once.', holds: ({ arrived }) => arrived.length === 500 && new Set(arrived.map(({ subject }) => subject)).size === 500 },
      { text: 'No mail failed.', holds: ({ sends }) => sends.every(({ outcome }) => outcome === 'accepted') },
      { text: 'The limit was hit.', holds: ({ overLimit }) => overLimit.connections > 0 },
    ],
  },
  {
    id: 'nothing-opens',
    title: 'Nothing opens',
    setting: 'The firewall drops each packet to 587, 2525 and 465. One mail is sent. After a while, 587 opens.',
    promises: [2, 3],
    steps: [{ faults: { 587: blocked, 2525: blocked, 465: blocked } }, { send: 1 }, { waitFor: 'exhausted' }, { heal: [587] }, { waitFor: 'outcomes' }],
    happened: (facts) => [
      facts.exhausted[0]?.message ?? '',
      facts.exhausted[0]?.advice ?? '',
      `The mail waited in the queue, and was accepted over ${portOfMail(facts)} once 587 was open, ${seconds(facts.sends[0]?.ms)} after the call.`,
    ],
    claims: [
      { text: 'One sentence says why, from all attempts together.', holds: ({ exhausted }) => exhausted.length > 0 },
      arrivedOnce(587),
      { text: 'The mail did not fail.', holds: ({ sends }) => sends.every(({ outcome }) => outcome === 'accepted') },
    ],
  },
]

function arrivedOnce(port: number): Claim {
  return { text: `The mail arrived once, over ${port}.`, holds: ({ arrived }) => arrived.length === 1 && arrived[0]?.port === port }
}

function failureAt(port: number, { attempts }: Facts): string {
  return attempts.find((attempt) => attempt.port === port && attempt.message)?.message ?? `${port} did not fail.`
}

function portOfMail({ arrived }: Facts): string {
  return String(arrived[0]?.port ?? 'no port')
}

/** The checks of 587 between the fallback and the return. */
function checksOf587({ attempts, changes }: Facts): number {
  const fallback = changes.find(({ kind }) => kind === 'fallback')?.at ?? 0
  const recovered = changes.find(({ kind }) => kind === 'recovered')?.at ?? Infinity
  return attempts.filter(({ port, at }) => port === 587 && at > fallback && at < recovered).length
}

function returnedAfter({ changes }: Facts): number {
  const atOf = (kind: string) => changes.find((change) => change.kind === kind)?.at ?? 0
  return atOf('recovered') - atOf('fallback')
}

function clearLines({ clearText }: Facts): readonly string[] {
  return clearText.flatMap(({ lines }) => lines)
}
