import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * One character beyond Latin-1, in a text or a pattern, makes V8 keep and read the whole file with two bytes a character: 4 % of
 * the CPU time from the start of a process to its first mail.
 */
export function escapeToAscii(_, bundle) {
  for (const file of Object.values(bundle)) {
    if (file.type === 'chunk') file.code = file.code.replace(/[^\t\n\r -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  }
}

/** The licenses of the packages in these files, and of those in the bundles that they contain. */
export function licensesOf(files) {
  const modules = files.flatMap(({ moduleIds = [] }) => moduleIds)
  const folders = new Set(modules.flatMap((file) => file.match(/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []))
  const lists = new Set(modules.map((file) => join(dirname(file), 'third-party-licenses.txt')).filter(existsSync))
  return [...[...folders].map(licenseOf).sort(), ...[...lists].map((file) => readFileSync(file, 'utf8'))].join('\n')
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`${name} has no license file.`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
