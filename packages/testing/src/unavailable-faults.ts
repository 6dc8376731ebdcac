import type { Fault } from './fault.ts'

/** The system or runtime that a fault depends on. */
export interface Host {
  readonly platform: string
  /** Whether this is Bun, whose TLS is not OpenSSL. */
  readonly isBun: boolean
}

const currentHost: Host = { platform: process.platform, isBun: process.versions.bun !== undefined }

/** Why a fault cannot be switched on here; `undefined` if it can. */
export function unavailability(fault: Fault, { platform, isBun }: Host = currentHost): string | undefined {
  if (fault === 'black-hole' && platform !== 'linux') {
    return "The fault 'black-hole' needs Linux, which drops connections to a full queue. 'silent' accepts connections and never answers, on every system"
  }
  if (fault === 'tls-outdated' && isBun) return "The fault 'tls-outdated' needs OpenSSL, which Bun does not have. It works on Node and Deno"
  return undefined
}
