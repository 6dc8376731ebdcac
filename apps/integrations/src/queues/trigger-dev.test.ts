import { AbortTaskRunError } from '@trigger.dev/sdk'
import { expect, it } from 'vitest'
import { errorOfJob, message } from './one-message.ts'
import { mailTask, retryOptions, sendInTask } from './trigger-dev.ts'

const sent = (fault: Parameters<typeof errorOfJob>[0]) => errorOfJob(fault, (mailer) => sendInTask(mailer, message))

it('does not repeat a message that may have been accepted', async () => {
  const { error, arrived } = await sent('drops-after-body')
  expect(error).toBeInstanceOf(AbortTaskRunError)
  expect(String(error)).toMatch(/ask: .*may have accepted/)
  expect(arrived).toBe(1)
})

it('does not repeat a message that would fail again', async () => {
  const { error } = await sent('recipient-rejected')
  expect(error).toBeInstanceOf(AbortTaskRunError)
  expect(String(error)).toMatch(/give-up: /)
})

it('repeats at the time that the server has named', async () => {
  const before = Date.now()
  const { error } = await sent('rate-limited')
  expect(error).not.toBeInstanceOf(AbortTaskRunError)
  expect(retryOptions(error)!.retryAt.getTime()).toBeGreaterThanOrEqual(before + 60_000)
})

it('leaves the time to Trigger.dev where the server has named none', async () => {
  const { error } = await sent('message-deferred')
  expect(error).not.toBeInstanceOf(AbortTaskRunError)
  expect(retryOptions(error)).toBeUndefined()
})

it('is a task of Trigger.dev', async () => {
  await errorOfJob('refuse', async (mailer) => {
    expect(mailTask(mailer).id).toBe('send-mail')
  })
})
