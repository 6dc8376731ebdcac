import { ensurePackages } from '../src/postfix/index.ts'

/** Installs Debian packages before the first test. */
export default ensurePackages
