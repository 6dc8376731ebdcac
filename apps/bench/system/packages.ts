import { ensurePackages } from '../src/postfix/index.ts'

/** Debian's packages, before the first test. */
export default ensurePackages
