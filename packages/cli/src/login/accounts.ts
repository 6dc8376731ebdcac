import { type GrantedToken, googleBrowserLogin, microsoftDeviceLogin, type RequestTokenOptions, type Time } from '@postern/oauth2'
import type { Client, ClientNeed } from './client.ts'

/** What a login needs. */
export interface LoginFacts extends Client, RequestTokenOptions {
  /** What the browser shows at the end, where it is redirected to this machine. */
  readonly page: string
  /** Called once with what the person has to do. */
  readonly show: (instruction: Instruction) => void
  readonly time: Time
}

/** What the person has to do. */
export interface Instruction {
  readonly step: 'enterCode' | 'openBrowser'
  /** The page to open. */
  readonly url: string
  readonly values: Readonly<Record<string, string | number>>
}

/** How to log in to an account, and how its token is used. */
export interface Account extends ClientNeed {
  readonly host: string
  /** The function of @postern/oauth2 that uses the refresh token. */
  readonly tokenSource: string
  readonly login: (facts: LoginFacts) => Promise<GrantedToken>
}

/** The accounts, by the argument of the command. */
export const accounts: Readonly<Record<string, Account>> = {
  microsoft: { prefix: 'ENTRA', host: 'smtp.office365.com', tokenSource: 'microsoftRefreshToken', needsSecret: false, login: withMicrosoft },
  google: { prefix: 'GOOGLE', host: 'smtp.gmail.com', tokenSource: 'googleRefreshToken', needsSecret: true, login: withGoogle },
}

async function withMicrosoft({ clientId, tenant, show, signal, fetch, locale, time }: LoginFacts): Promise<GrantedToken> {
  return await microsoftDeviceLogin({
    clientId,
    tenant,
    signal,
    fetch,
    locale,
    time,
    onCode: ({ verificationUri, userCode, lifetime }) => show({ step: 'enterCode', url: verificationUri, values: { code: userCode, minutes: Math.round(lifetime / 60_000) } }),
  })
}

/** In a browser: Google's device flow does not allow the scope for mail. */
async function withGoogle({ clientId, clientSecret = '', page, show, signal, fetch, locale, time }: LoginFacts): Promise<GrantedToken> {
  return await googleBrowserLogin({
    clientId,
    clientSecret,
    page,
    signal,
    fetch,
    locale,
    time,
    onUrl: (url, port) => show({ step: 'openBrowser', url, values: { port } }),
  })
}
