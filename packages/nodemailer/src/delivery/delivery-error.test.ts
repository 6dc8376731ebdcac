import { type Provider, startProvider } from '@postern/testing'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { failureOf, letter, mailerFor } from '../../test/mail.ts'

it('prints the attempts and whether the message may have been accepted', async () => {
  await using provider = await startProvider({ faults: { 587: 'drops-at-mail', 2525: 'refuse', 465: 'auth-rejected' } })
  const error = await failureOf(mailerFor(provider.settings).sendMail(letter))
  const { 587: best, 2525: second, 465: last } = provider.ports
  const printed = inspect(error).replace(/ after \d+ ms/g, ' after a while').split('\n')
  expect(printed[0]).toBe(`DeliveryError: ${error.message}`)
  expect(printed.slice(printed.findLastIndex((line) => /^ +at /.test(line)) + 1)).toEqual([
    `  advice: '${error.advice}',`,
    `  code: 'auth-rejected',`,
    `  stage: 'auth',`,
    `  delivery: 'not-accepted',`,
    `  retryable: false,`,
    `  reason: 'wrong-credentials',`,
    `  responseCode: 535,`,
    `  enhancedCode: '5.7.8',`,
    `  attempts: [`,
    `    '127.0.0.1:${best}/starttls failed at mail after a while: The connection to the server 127.0.0.1:${best} was lost.',`,
    `    '127.0.0.1:${second}/starttls failed at connect after a while: The server 127.0.0.1:${second} refused the connection.',`,
    `    '127.0.0.1:${last}/implicit failed at auth after a while: auth-rejected'`,
    `  ]`,
    `}`,
  ])
})

it.each([
  ['a refused login', { 587: 'auth-rejected' }],
  ['no usable endpoint', { 587: 'refuse', 2525: 'refuse', 465: 'refuse' }],
  ['a limit', { 587: 'rate-limited' }],
  ['a message that may have arrived', { 587: 'drops-after-body' }],
] as const)('says once what happened and what to do: %s', async (_, faults) => {
  await using provider = await startProvider({ faults })
  const { message, advice, ...error } = await printedAfter(provider)
  expect(message).not.toContain(advice)
  expect(advice).not.toContain(message)
  expect(error.printed.split(message)).toHaveLength(2)
  expect(error.printed.split(advice)).toHaveLength(2)
})

async function printedAfter(provider: Provider) {
  const error = await failureOf(mailerFor(provider.settings).sendMail(letter))
  return { message: error.message, advice: error.advice, printed: inspect(error, { breakLength: Infinity }) }
}
