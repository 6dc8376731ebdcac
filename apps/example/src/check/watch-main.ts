import { setInterval } from 'node:timers/promises'
import { readConfig } from '../config.ts'
import { errorText } from '../error-text.ts'
import { setUpMail } from '../mail.ts'
import { watch } from './watch.ts'

try {
  const { locale, own } = readConfig(process.env)
  const mail = await setUpMail({ own, locale })
  for await (const line of watch({ mail, locale, ticks: everyHalfMinute() })) console.log(`${new Date().toISOString()}  ${line}`)
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}

async function* everyHalfMinute(): AsyncGenerator<undefined> {
  yield
  yield* setInterval(30_000)
}
