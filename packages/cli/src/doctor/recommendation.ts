import { inspect } from 'node:util'
import { type Endpoint, planEndpoints, isSameEndpoint, type SmtpSettings, type TlsSettings } from '@postern/core'
import type { CliTexts } from '../text/index.ts'

/** Settings to paste, in each form. They have no secrets. */
export interface Recommendation {
  /** For `createTransport` of @postern/nodemailer. */
  readonly postern: string
  /** For `createTransport` of nodemailer. */
  readonly nodemailer: string
  /** For the environment, or a file `.env`. */
  readonly environment: readonly string[]
}

/** What the recommendation is made of. */
export interface RecommendationFacts {
  readonly settings: SmtpSettings
  readonly best: Endpoint
  readonly user: string | undefined
  /** The file of `--ca`. */
  readonly ca: string | undefined
}

/** JavaScript code in the place of a value. */
class Code {
  readonly #code: string

  constructor(code: string) {
    this.#code = code
  }

  [inspect.custom](): string {
    return this.#code
  }
}

/**
 * The settings for the best endpoint. Postern gets the port only if it would not choose it by itself: a port that is set has no
 * fallback.
 */
export function recommend({ settings, best, user, ca }: RecommendationFacts, { choosesPort, portForOthers, cannotPin }: CliTexts): Recommendation {
  const { host, policy } = settings
  const { port, security } = best
  const isChosen = planEndpoints({ host, policy }).some((one) => isSameEndpoint(one, best))
  const isToken = settings.auth !== undefined && 'accessToken' in settings.auth
  const auth = user === undefined ? {} : { auth: { user, ...loginCode(isToken) } }
  const tls = tlsCode(settings.tls, ca)
  const own = { host, ...(isChosen ? {} : { port, security }), ...auth, ...tls, ...(policy && { policy: plain(policy) }) }
  const encryption = security === 'implicit' ? { secure: true } : { secure: false, ...(security === 'starttls' && { requireTLS: true }) }
  const others = { host, port, ...encryption, ...(user !== undefined && { auth: { ...(isToken && { type: 'OAuth2' }), user, ...loginCode(isToken) } }), ...tlsCode({ ...settings.tls, fingerprints: undefined }, ca) }
  return {
    postern: `createTransport(${print(own)})${isChosen ? ` // ${choosesPort}` : ''}`,
    nodemailer: `createTransport(${print(others)})${settings.tls?.fingerprints ? ` // ${cannotPin}` : ''}`,
    environment: [
      `SMTP_HOST=${host}`,
      `${isChosen ? '# ' : ''}SMTP_PORT=${port}${isChosen ? ` # ${portForOthers}` : ''}`,
      ...(isChosen ? [] : [`SMTP_SECURITY=${security}`]),
      ...(user === undefined ? [] : [`SMTP_USER=${/[\s#'"]/.test(user) ? JSON.stringify(user) : user}`]),
      ...(user === undefined ? [] : [isToken ? 'SMTP_ACCESS_TOKEN=' : 'SMTP_PASS=']),
      ...tlsVariables(settings.tls),
      ...(ca === undefined ? [] : [`NODE_EXTRA_CA_CERTS=${ca}`]),
    ],
  }
}

function loginCode(isToken: boolean): object {
  return isToken ? { accessToken: new Code('process.env.SMTP_ACCESS_TOKEN') } : { pass: new Code('process.env.SMTP_PASS') }
}

/** The TLS settings that are no secrets. Certificates are in a file. */
function tlsCode(tls: TlsSettings | undefined, ca: string | undefined): object {
  if (!tls) return {}
  const { servername, minVersion, maxVersion, fingerprints, rejectUnauthorized } = tls
  const certificates = tls.ca === undefined ? undefined : new Code(`readFileSync(${inspect(ca ?? 'ca.pem')})`)
  const shown = plain({ ca: certificates, fingerprints, servername, minVersion, maxVersion, rejectUnauthorized })
  return Object.keys(shown).length > 0 ? { tls: shown } : {}
}

function tlsVariables({ servername, fingerprints, minVersion }: TlsSettings = {}): string[] {
  const variables = { SMTP_TLS_SERVERNAME: servername, SMTP_TLS_FINGERPRINTS: fingerprints?.join(','), SMTP_TLS_MIN_VERSION: minVersion }
  return Object.entries(plain(variables)).map(([name, value]) => `${name}=${value}`)
}

/** Without the values that are not set. */
function plain(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function print(settings: object): string {
  return inspect(settings, { breakLength: Infinity, depth: 4 })
}
