/**
 * Whether a request comes from the page itself, or from no page at all. Browsers tell by Sec-Fetch-Site, also where a proxy changes the
 * host; without TLS they send Origin alone.
 */
export function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = headers.get('origin')
  if (origin === null) return true
  return URL.canParse(origin) && new URL(origin).host === (headers.get('host') ?? new URL(url).host)
}

/**
 * Whether a post comes from the page. A page of another site cannot set this header without asking first, and the answer is no. A token
 * would need a secret that all processes behind a load balancer have.
 */
export function isFromPage(request: Request): boolean {
  return request.headers.get('x-postern-dashboard') === '1' && isSameOrigin(request)
}
