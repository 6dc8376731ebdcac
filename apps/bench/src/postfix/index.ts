export { ensurePackages } from './packages.ts'
export { startPostfix } from './postfix.ts'
export type { PostfixServer } from './postfix.ts'
export type { FirewallRule, FirewallRules } from './firewall.ts'
