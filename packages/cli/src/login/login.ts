import { format, SettingsError } from '@postern/core'
import { type GrantedToken, OAuth2Error } from '@postern/oauth2'
import type { Command } from '../command.ts'
import { exitCode } from '../exit-code.ts'
import { outFile } from '../out-file.ts'
import { Output } from '../output.ts'
import { describeIssue } from '../target.ts'
import type { CliTexts } from '../text/index.ts'
import { UsageError } from '../usage-error.ts'
import { accounts, type Instruction } from './accounts.ts'
import { readClient } from './client.ts'
import { tokenSettings } from './token-settings.ts'

/** `postern login`: gets a refresh token by the login of a person, and prints the settings that use it. */
export const login: Command = async (invocation) => {
  const { args: [name = ''], options, io, locale, texts } = invocation
  const { tokenLogin } = texts
  const out = new Output(io.stdout, io)
  const errors = new Output(io.stderr, io)
  if (!Object.hasOwn(accounts, name)) throw new UsageError('account-unknown', { accounts: Object.keys(accounts).join(', ') })
  const account = accounts[name]!
  const client = readClient(account, invocation)
  const file = outFile(options, io, 0o600)
  if (!file && !options.show) throw new UsageError('token-unseen')

  const show = ({ step, url, values }: Instruction) => {
    errors.paragraph(format(tokenLogin[step], values))
    // Not wrapped, so that it can be copied.
    errors.line(`  ${url}`, 'bold')
    errors.note(tokenLogin.waiting)
  }
  const page = tokenLogin.page
  const { token, refusal } = await resultOf(account.login({ ...client, page, show, locale, signal: io.signal, fetch: io.fetch, time: io.time }), texts).finally(() => errors.note(''))
  if (token === undefined) {
    out.paragraph(refusal, 'red')
    return exitCode.fails
  }

  file?.write(token)
  if (!out.isTerminal && options.show) errors.line(tokenLogin.secret, 'yellow')
  const { code, variables } = tokenSettings(account, client, file?.path)
  out.section(texts.headings.postern)
  out.lines(code.map((line) => `  ${line}`))
  out.section(texts.headings.environment)
  out.lines([...variables, ...(options.show ? [`${account.prefix}_REFRESH_TOKEN=${token}`] : [])].map((line) => `  ${line}`))
  out.line()
  out.paragraph(format(texts.verdicts.loggedIn, { file: file?.path }), 'green')
  return exitCode.fine
}

/** A refresh token, or why there is none. */
type Result = { readonly token: string; readonly refusal?: undefined } | { readonly token?: undefined; readonly refusal: string }

async function resultOf(login: Promise<GrantedToken>, { verdicts }: CliTexts): Promise<Result> {
  try {
    const { refreshToken } = await login
    return refreshToken === undefined ? { refusal: verdicts.noRefreshToken } : { token: refreshToken }
  } catch (error) {
    if (OAuth2Error.isInstance(error)) return { refusal: `${error.message} ${error.advice}` }
    if (SettingsError.isInstance(error)) throw new UsageError('login-invalid', { issue: describeIssue(error.issues[0]!) })
    throw error
  }
}
