import type { Namespace } from '../host/namespace.ts'

/** A port that the server listens on. */
export type ServedPort = 25 | 465 | 587 | 2525

/** `open`: let through. `drop`: silence. `reject`: answered with a TCP reset, as where nothing listens. */
export type FirewallRule = 'open' | 'drop' | 'reject'

/** The rule of each port; a port that is not named is open. */
export type FirewallRules = Readonly<Partial<Record<ServedPort, FirewallRule>>>

const statements: Readonly<Record<FirewallRule, string>> = {
  open: 'accept',
  drop: 'drop',
  reject: 'reject with tcp reset',
}

/** Replaces the ruleset in one transaction. It holds for every packet, so an open connection is cut as well. */
export async function setFirewall(namespace: Namespace, rules: FirewallRules): Promise<void> {
  await namespace.run('nft', ['-f', '-'], { input: ruleset(rules) })
}

function ruleset(rules: FirewallRules): string {
  const lines = Object.entries(rules).map(([port, rule]) => `tcp dport ${Number(port)} ${statements[rule]}`)
  return [
    'flush ruleset',
    'table inet postern {',
    'chain input {',
    'type filter hook input priority filter; policy accept;',
    ...lines,
    '}',
    '}',
    '',
  ].join('\n')
}
