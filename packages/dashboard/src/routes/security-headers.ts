/** For every response but the page: it may load nothing, and be shown nowhere. */
const sealed = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

/** What every response has, unless its route says otherwise. */
const common: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': sealed,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Adds the headers that a response lacks. */
export function withSecurityHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(common)) if (!response.headers.has(name)) response.headers.set(name, value)
  return response
}

/** The policy of the page: its own script and style sheet, and requests to its own routes. */
export function pagePolicy(nonce: string): string {
  const own = `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:`
  return `default-src 'none'; ${own}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'`
}
