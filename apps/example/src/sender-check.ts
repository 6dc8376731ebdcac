import { isSenderAddress, type SenderCheck } from '@postern/core'
import type { MailSetup } from './mail-setup.ts'

/** The addresses for `checkSender`. A message may have more than an address there, such as a name: then the sender is not checked. */
export function senderCheckOf({ from, to }: Pick<MailSetup, 'from' | 'to'>): SenderCheck | undefined {
  return [from, to].every(isSenderAddress) ? { from, to } : undefined
}
