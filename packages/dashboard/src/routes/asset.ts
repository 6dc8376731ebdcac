import { type AssetName, assetTypes, assetVersion, readAsset } from '../assets.ts'
import type { Route } from './route.ts'

/** Private, because the file is for authorised callers, as everything here. */
const forever = 'private, max-age=31536000, immutable'
const checked = 'private, no-cache'

/** A file of the browser. With its version in the query it is cached for good, otherwise it is asked for each time. */
export function assetRoute(name: AssetName): Route {
  return {
    method: 'GET',
    async answer({ request, url }) {
      const version = await assetVersion()
      const etag = `"${version}"`
      const cache = { 'cache-control': url.searchParams.get('v') === version ? forever : checked, etag }
      if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: cache })
      return new Response(await readAsset(name), { headers: { 'content-type': assetTypes[name], ...cache } })
    },
  }
}
