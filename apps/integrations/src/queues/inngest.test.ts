import { Inngest, NonRetriableError, RetryAfterError } from 'inngest'
import { expect, it } from 'vitest'
import { mailFunction, sendInStep } from './inngest.ts'
import { errorOfJob, message } from './one-message.ts'

const sent = (fault: Parameters<typeof errorOfJob>[0]) => errorOfJob(fault, (mailer) => sendInStep(mailer, message))

it('does not repeat a message that may have been accepted', async () => {
  const { error, arrived } = await sent('drops-after-body')
  expect(error).toBeInstanceOf(NonRetriableError)
  expect(String(error)).toMatch(/ask: .*may have accepted/)
  expect(arrived).toBe(1)
})

it('does not repeat a message that would fail again', async () => {
  const { error } = await sent('recipient-rejected')
  expect(error).toBeInstanceOf(NonRetriableError)
  expect(String(error)).toMatch(/give-up: /)
})

it('repeats at the time that the server has named', async () => {
  const { error } = await sent('rate-limited')
  expect(error).toBeInstanceOf(RetryAfterError)
  // Seconds.
  expect(error).toMatchObject({ retryAfter: '60' })
})

it('leaves the time to Inngest where the server has named none', async () => {
  const { error } = await sent('message-deferred')
  expect(error).not.toBeInstanceOf(NonRetriableError)
  expect(error).not.toBeInstanceOf(RetryAfterError)
  expect(error).not.toHaveProperty('cause')
})

it('is a function of Inngest', async () => {
  await errorOfJob('refuse', async (mailer) => {
    expect(mailFunction(new Inngest({ id: 'app' }), mailer).id()).toBe('send-mail')
  })
})
