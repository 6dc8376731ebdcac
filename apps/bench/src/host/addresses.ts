import { run } from './run.ts'

/** The two ends of a link. */
export interface AddressPair {
  readonly outside: string
  readonly inside: string
  readonly prefix: number
}

// RFC 2544 keeps 198.18.0.0/15 for benchmarks: no host on the internet has such an address.
const range = { base: toNumber('198.18.0.0'), blocks: 2 ** 15 }

/**
 * A /30 that no route of this machine touches. `seed` says where to look first, so that harnesses that start at the
 * same time do not choose the same one.
 */
export async function freeAddressPair(seed: number): Promise<AddressPair> {
  const used = await routedRanges()
  for (let step = 0; step < range.blocks; step++) {
    const first = range.base + ((seed + step) % range.blocks) * 4
    if (used.some((other) => other.first <= first + 3 && first <= other.last)) continue
    return { outside: toAddress(first + 1), inside: toAddress(first + 2), prefix: 30 }
  }
  throw new Error('Every address in 198.18.0.0/15 is routed already: the system tests found none for their server')
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
    // A VPN may route 0.0.0.0/1 and 128.0.0.0/1: as a default route, they do not claim our addresses.
    return Number(bits) <= 1 ? [] : [{ first, last: first + 2 ** (32 - Number(bits)) - 1 }]
  })
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}
