import { readConfig } from '../config.ts'
import { errorText } from '../error-text.ts'
import { setUpMail } from '../mail.ts'
import { report } from './report.ts'

try {
  const { locale, own } = readConfig(process.env)
  const mail = await setUpMail({ own, locale })
  for await (const line of report({ mail, env: process.env, locale })) console.log(line)
  await mail.close()
} catch (error) {
  console.error(errorText(error))
  process.exit(1)
}
