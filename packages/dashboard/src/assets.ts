import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** The files of the browser, with their types. */
export const assetTypes = { 'app.js': 'text/javascript; charset=utf-8', 'app.css': 'text/css; charset=utf-8' } as const

/** A file of the browser. */
export type AssetName = keyof typeof assetTypes

interface Assets {
  readonly files: Readonly<Record<AssetName, Uint8Array<ArrayBuffer>>>
  readonly version: string
}

let known: Promise<Assets> | undefined

/** The content of a file. Read once. */
export async function readAsset(name: AssetName): Promise<Uint8Array<ArrayBuffer>> {
  return (await assets()).files[name]
}

/** Changes with the content of any file. */
export async function assetVersion(): Promise<string> {
  return (await assets()).version
}

async function assets(): Promise<Assets> {
  known ??= readAll()
  return await known
}

async function readAll(): Promise<Assets> {
  const [script, style] = await Promise.all([readFile(fileOf('app.js')), readFile(fileOf('app.css'))])
  const version = createHash('sha256').update(script).update(style).digest('base64url').slice(0, 16)
  return { files: { 'app.js': new Uint8Array(script), 'app.css': new Uint8Array(style) }, version }
}

/** From `src` and from `dist`. */
function fileOf(name: AssetName): URL {
  return new URL(`../dist/client/${name}`, import.meta.url)
}
