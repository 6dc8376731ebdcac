import type { Namespace } from '../host/namespace.ts'

/** A port that the server listens on. */
export type ServedPort = 25 | 465 | 587 | 2525

/** `drop`: no answer. `reject`: a TCP reset, like a closed port. `silent`: accepts connections and sends nothing. */
export type FirewallRule = 'open' | 'drop' | 'reject' | 'silent'

/** The rule of each port; a port that is not named is open. */
export type FirewallRules = Readonly<Partial<Record<ServedPort, FirewallRule>>>

const statements: Readonly<Record<FirewallRule, (port: number) => string>> = {
  open: (port) => `tcp dport ${port} accept`,
  drop: (port) => `tcp dport ${port} drop`,
  reject: (port) => `tcp dport ${port} reject with tcp reset`,
  // Data segments have PSH set; the kernel's SYN-ACK and ACK do not.
  silent: (port) => `tcp sport ${port} tcp flags & psh == psh drop`,
}

/** Replaces the ruleset in one transaction. The rules apply to open connections too. */
export async function setFirewall(namespace: Namespace, rules: FirewallRules): Promise<void> {
  await namespace.run('nft', ['-f', '-'], { input: ruleset(rules) })
}

function ruleset(rules: FirewallRules): string {
  const lines = Object.entries(rules).map(([port, rule]) => statements[rule](Number(port)))
  // The rules match `dport` or `sport`, so both hooks can have all of them.
  const chain = (hook: string) => [`chain ${hook} {`, `type filter hook ${hook} priority filter; policy accept;`, ...lines, '}']
  return ['flush ruleset', 'table inet postern {', ...chain('input'), ...chain('output'), '}', ''].join('\n')
}
