import { startProvider } from '@postern/testing'
import { writeFileSync } from 'node:fs'
import { createTransport } from '../src/index.ts'
const provider = await startProvider()
await provider.fault(587, 'drops-in-body')
const mailer = createTransport(provider.settings, { logger: console as any, debug: true })
writeFileSync('/tmp/big.bin', Buffer.alloc(2_000_000))
await mailer.sendMail({ from: provider.auth.user, to: 'a@example.net', subject: 'x', attachments: [{content: (await import('node:fs')).createReadStream('/tmp/big.bin')}] }).catch((e) => console.log(e, e.response))
await provider.close()
