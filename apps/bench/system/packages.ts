import { installPackages } from '../src/host/packages.ts'
import { ensurePackages } from '../src/postfix/index.ts'

/** Installs Debian packages before the first test: Postfix, and the terminal and the shells for the tests of the command. */
export default async function installAll(): Promise<void> {
  await ensurePackages()
  await installPackages(['tmux', 'zsh', 'fish'])
}
