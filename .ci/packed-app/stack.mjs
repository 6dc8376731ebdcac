// Run with --enable-source-maps: a stack trace leads to the source, which comes with the source map.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createTransport } from '@postern/nodemailer'

let stack = ''
try {
  createTransport({ host: '' })
} catch (error) {
  stack = error.stack
}
const [file, line] = /@postern\/nodemailer\/src\/(options\/\S+):(\d+):\d+/.exec(stack)?.slice(1) ?? assert.fail(stack)
assert.match(stack, /@postern\/nodemailer\/src\/create-transport\.ts:\d+:\d+/)
const { sources, sourcesContent } = JSON.parse(readFileSync('node_modules/@postern/nodemailer/dist/index.js.map', 'utf8'))
const source = sourcesContent[sources.indexOf(`../src/${file}`)]
assert.match(source.split('\n')[line - 1], /throw new SettingsError/)
