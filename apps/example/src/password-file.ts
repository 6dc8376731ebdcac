import { readFile } from 'node:fs/promises'
import { SecretError, type SecretSource } from '@postern/core'

/** A password in a file, such as a secret of Docker or Kubernetes. It is read for each connection, so that a new password needs no restart. */
export function passwordFile(path: string): SecretSource {
  return async ({ signal }) => {
    const text = await readFile(path, { encoding: 'utf8', signal }).catch((error: NodeJS.ErrnoException) => {
      throw new SecretError({
        code: 'password-file',
        message: `The password file ${path} cannot be read (${error.code}).`,
        advice: 'Check SMTP_PASS_FILE, and whether the app may read the file.',
        retryable: false,
      })
    })
    return text.trim()
  }
}
