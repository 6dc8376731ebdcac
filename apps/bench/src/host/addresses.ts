import { run } from './run.ts'

/** The two ends of a link. */
export interface AddressPair {
  readonly outside: string
  readonly inside: string
  readonly prefix: number
}

// Reserved for benchmarks (RFC 2544): not routed on the internet.
const range = { base: toNumber('198.18.0.0'), blocks: 2 ** 15 }

/**
 * Finds a /30 that no route of this machine covers. The search starts at `seed`, so that concurrent runs choose different
 * ones.
 */
export async function freeAddressPair(seed: number): Promise<AddressPair> {
  const used = await routedRanges()
  for (let step = 0; step < range.blocks; step++) {
    const first = range.base + ((seed + step) % range.blocks) * 4
    if (used.some((other) => other.first <= first + 3 && first <= other.last)) continue
    return { outside: toAddress(first + 1), inside: toAddress(first + 2), prefix: 30 }
  }
  throw new Error('The system tests found no free address: 198.18.0.0/15 is already routed')
}

interface Range {
  readonly first: number
  readonly last: number
}

async function routedRanges(): Promise<readonly Range[]> {
  const routes = JSON.parse(await run('ip', ['-json', '-4', 'route', 'show', 'table', 'all'])) as { dst?: string }[]
  return routes.flatMap(({ dst }) => {
    const [address = '', bits = '32'] = dst?.split('/') ?? []
    if (!/^[\d.]+$/.test(address)) return []
    const first = toNumber(address)
    // A VPN may route 0.0.0.0/1 and 128.0.0.0/1 as its default route: ignore them.
    return Number(bits) <= 1 ? [] : [{ first, last: first + 2 ** (32 - Number(bits)) - 1 }]
  })
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}
