import { startProvider } from '@postern/testing'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { failureOf, letter, mailerFor } from '../../test/mail.ts'

it('prints what was tried, where, and what became of the message', async () => {
  await using provider = await startProvider({ faults: { 587: 'drops-at-mail', 2525: 'refuse', 465: 'auth-rejected' } })
  const error = await failureOf(mailerFor(provider.settings).sendMail(letter))
  const { 587: best, 2525: second, 465: last } = provider.ports
  const printed = inspect(error).replace(/ after \d+ ms/g, ' after a while').split('\n')
  expect(printed[0]).toBe(`DeliveryError: ${error.message}`)
  expect(printed.slice(printed.findLastIndex((line) => /^ +at /.test(line)) + 1)).toEqual([
    `  code: 'auth-rejected',`,
    `  stage: 'auth',`,
    `  delivery: 'not-accepted',`,
    `  retryable: false,`,
    `  responseCode: 535,`,
    `  enhancedCode: '5.7.8',`,
    `  attempts: [`,
    `    '127.0.0.1:${best}/starttls failed at mail after a while: The connection to the server 127.0.0.1:${best} was lost.',`,
    `    '127.0.0.1:${second}/starttls failed at connect after a while: The server 127.0.0.1:${second} refused the connection.',`,
    `    '127.0.0.1:${last}/implicit failed at auth after a while: ${error.attempts.at(-1)!.failure!.message}'`,
    `  ]`,
    `}`,
  ])
})
