import { diagnose, type DiagnoseOptions, type Locale } from '@postern/core'
import type { Command, Invocation } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { Output } from '../output.ts'
import { UsageError } from '../usage-error.ts'
import { errorsInText } from './error-in-text.ts'
import { type Explanation, findCode } from './find-code.ts'

/** `postern explain`: explains a code, a reply or the text of an error. What it prints contains nothing of the text but host and port. */
export const explain: Command = async (invocation) => {
  const { options, io, locale } = invocation
  const text = await readText(invocation)
  const found = findCode(text.toLowerCase(), locale) ?? explainText(text, locale)
  if (!found) throw new UsageError('not-explained')
  const out = new Output(io.stdout, io)
  if (options.format === 'json') {
    out.json(found)
  } else {
    out.line(found.code, 'bold')
    out.paragraph(found.message)
    out.paragraph(found.advice)
  }
  return exitCode.fine
}

/** Longer texts are cut: they are logs, with the error at their beginning. */
const MAX_TEXT = 100_000

async function readText({ args, io: { stdin } }: Invocation): Promise<string> {
  let text = args.join(' ')
  if (args.length === 0 && !stdin.isTTY) {
    for await (const chunk of stdin) {
      text += String(chunk)
      if (text.length > MAX_TEXT) break
    }
  }
  text = text.slice(0, MAX_TEXT).trim()
  if (text === '') throw new UsageError('nothing-to-explain')
  return text
}

function explainText(text: string, locale: Locale): Explanation | undefined {
  // In a text, the code of an error of Postern has a hyphen; "deadline" may be a word.
  for (const [word] of text.matchAll(/\b[a-z]+(?:-[a-z0-9]+)+\b/g)) {
    const found = findCode(word, locale)
    if (found) return found
  }
  const endpoint = endpointIn(text)
  const failures = errorsInText(text).map((error) => diagnose(error, { locale, ...endpoint }))
  // An error code that says nothing is taken for a lost connection.
  const failure = failures.find(({ code }) => code !== 'connection-lost') ?? failures[0]
  return failure && { ...failure, code: failure.reason ?? failure.code }
}

/** The server in an error of Node: `connect ETIMEDOUT 192.0.2.1:587` */
function endpointIn(text: string): DiagnoseOptions {
  const [, host, port] = /\b(?:connect|getaddrinfo|queryA+) E[A-Z_]+ ([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?/.exec(text) ?? []
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port: Number(port) }) }
}
