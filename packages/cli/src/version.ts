import { readFileSync } from 'node:fs'

/** The version of the package. The manifest is one folder above this file, in the source and in the bundle. */
export function readVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly version: string }).version
}
