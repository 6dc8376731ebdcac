import { askKeys } from '../ask-keys.ts'
import type { Invocation } from '../command.ts'
import { Interrupted } from '../interrupted.ts'
import type { Role } from './pin.ts'

/** The key for each answer; Enter is the first. */
const answers: Readonly<Record<string, Role>> = { '\r': 'authority', '\n': 'authority', '1': 'authority', '2': 'server' }

/**
 * Asks on the terminal which certificate to trust.
 *
 * @throws Interrupted after Ctrl-C, and if the input ends
 */
export async function askRole({ io, texts }: Invocation): Promise<Role> {
  return await askKeys(texts.trust.question, io, async (keys) => {
    for await (const key of keys) {
      const answer = answers[key]
      if (!answer) continue
      io.stderr.write(texts.trust[answer])
      return answer
    }
    throw new Interrupted()
  })
}
