import { KeyUsageFlags } from '@peculiar/x509'
import { alternative, authorityKey, basic, constraints, dns, ip, issue, type Issued, newKeys, purpose, type Request, rsa, subjectKey, unknown, usage } from './certificate-chains.ts'

/** A chain of certificates as a server sends it, and the authorities that the client trusts. */
export interface Chain {
  readonly trusted: readonly Issued[]
  /** The server's certificate first. */
  readonly sent: readonly Issued[]
}

/** One case: the host that is asked for, and the chain. */
export interface CertificateCase {
  /** @default 'mail.example.com' */
  readonly host?: string
  readonly chain: () => Promise<Chain>
}

/** Changes of a valid chain from a root to a server certificate. */
interface Changes {
  readonly root?: Partial<Request>
  /** One for each authority below the root. @default one */
  readonly authorities?: readonly Partial<Request>[]
  readonly leaf?: Partial<Request>
}

const HOST = 'mail.example.com'
const HOUR = 3_600
const signs = usage(KeyUsageFlags.keyCertSign, KeyUsageFlags.cRLSign)
const authority = [basic(true), signs]
const server = [basic(false), usage(KeyUsageFlags.digitalSignature), purpose('server')]
const named = (...names: readonly string[]) => ({ leaf: { extensions: [...server, dns(...names)] } })
const onLeaf = (...extensions: Request['extensions']) => ({ leaf: { extensions: [...server, dns(HOST), ...extensions] } })
const onAuthority = (...extensions: Request['extensions']) => ({ authorities: [{ extensions: [...authority, ...extensions] }] })
const onRoot = (...extensions: Request['extensions']) => ({ root: { extensions: [...authority, ...extensions] } })

/** Issues a chain; the root is trusted and not sent. */
async function chainOf({ root = {}, authorities = [{}], leaf = {} }: Changes): Promise<Chain> {
  const trusted = await issue({ subject: 'CN=Root', extensions: authority, ...root })
  const sent: Issued[] = []
  for (const [index, changes] of authorities.entries()) {
    sent.unshift(await issue({ subject: `CN=Authority ${index}`, signer: sent[0] ?? trusted, extensions: authority, ...changes }))
  }
  sent.unshift(await issue({ subject: `CN=${HOST}`, signer: sent[0] ?? trusted, extensions: [...server, dns(HOST)], ...leaf }))
  return { trusted: [trusted], sent }
}

const changed = (changes: Changes, host?: string): CertificateCase => ({ chain: () => chainOf(changes), ...(host !== undefined && { host }) })
const made = (chain: () => Promise<Chain>): CertificateCase => ({ chain })

/** Cases of the kinds that C2SP/x509-limbo has for server certificates, by its groups. */
export const certificateCases: Readonly<Record<string, CertificateCase>> = {
  'a valid chain': changed({}),
  'a valid chain without an intermediate': changed({ authorities: [] }),
  'a valid chain with three intermediates': changed({ authorities: [{}, {}, {}] }),

  'validity: an expired server certificate': changed({ leaf: { validity: [-2 * HOUR, -HOUR] } }),
  'validity: expired since five seconds': changed({ leaf: { validity: [-HOUR, -5] } }),
  'validity: an expired intermediate': changed({ authorities: [{ validity: [-2 * HOUR, -HOUR] }] }),
  'validity: an expired root': changed({ root: { validity: [-2 * HOUR, -HOUR] } }),
  'validity: a server certificate that is not yet valid': changed({ leaf: { validity: [HOUR, 2 * HOUR] } }),
  'validity: an intermediate that is not yet valid': changed({ authorities: [{ validity: [HOUR, 2 * HOUR] }] }),

  'pathlen: 0, and a server certificate below': changed({ authorities: [{ extensions: [basic(true, 0), signs] }] }),
  'pathlen: 0, and an intermediate below': changed({ authorities: [{ extensions: [basic(true, 0), signs] }, {}] }),
  'pathlen: 0 in the root, and an intermediate below': changed({ root: { extensions: [basic(true, 0), signs] } }),
  'pathlen: 1, and two intermediates below': changed({ authorities: [{ extensions: [basic(true, 1), signs] }, {}, {}] }),
  'pathlen: one that grows below is no way around the first': changed({ authorities: [{ extensions: [basic(true, 0), signs] }, { extensions: [basic(true, 5), signs] }] }),

  'rfc5280: an unknown root': made(async () => ({ ...(await chainOf({})), trusted: [await issue({ subject: 'CN=Other root', extensions: authority })] })),
  'rfc5280: another root with the same name': made(async () => ({ ...(await chainOf({})), trusted: [await issue({ subject: 'CN=Root', extensions: authority })] })),
  'rfc5280: a self-signed server certificate': made(async () => ({ ...(await chainOf({})), sent: [await issue({ subject: `CN=${HOST}`, extensions: [...server, dns(HOST)] })] })),
  'rfc5280: a missing intermediate': made(async () => {
    const { trusted, sent } = await chainOf({})
    return { trusted, sent: sent.slice(0, 1) }
  }),
  'rfc5280: the root is sent, and an intermediate is trusted': made(async () => {
    const { trusted, sent } = await chainOf({})
    return { trusted: sent.slice(1), sent: [sent[0]!, ...trusted] }
  }),
  'rfc5280: intermediates in the wrong order': made(async () => {
    const { trusted, sent } = await chainOf({ authorities: [{}, {}] })
    return { trusted, sent: [sent[0]!, ...sent.slice(1).toReversed()] }
  }),
  'rfc5280: signed with another key than that of the issuer': made(async () => chainOf({ leaf: { signingKeys: await newKeys() } })),
  'rfc5280: an intermediate signed with another key': made(async () => chainOf({ authorities: [{ signingKeys: await newKeys() }] })),
  'rfc5280: an intermediate without the CA bit': changed({ authorities: [{ extensions: [basic(false), signs] }] }),
  'rfc5280: an intermediate without basicConstraints': changed({ authorities: [{ extensions: [signs] }] }),
  'rfc5280: an intermediate without keyCertSign': changed({ authorities: [{ extensions: [basic(true), usage(KeyUsageFlags.digitalSignature)] }] }),
  'rfc5280: a server certificate as intermediate': changed({ authorities: [{ extensions: [...server, dns(HOST)] }] }),
  'rfc5280: a root without basicConstraints': changed({ root: { extensions: [signs] } }),
  'rfc5280: a root with basicConstraints that are not critical': changed({ root: { extensions: [basic(true, undefined, false), signs] } }),
  'rfc5280: a root without keyCertSign': changed({ root: { extensions: [basic(true), usage(KeyUsageFlags.digitalSignature)] } }),
  'rfc5280: a server certificate with keyCertSign': changed({ leaf: { extensions: [basic(false), signs, purpose('server'), dns(HOST)] } }),
  'rfc5280: a server certificate with the CA bit': changed({ leaf: { extensions: [basic(true), purpose('server'), dns(HOST)] } }),
  'rfc5280: a server certificate without keyUsage and basicConstraints': changed({ leaf: { extensions: [purpose('server'), dns(HOST)] } }),
  'rfc5280: an unknown critical extension in the server certificate': changed(onLeaf(unknown(true))),
  'rfc5280: an unknown extension in the server certificate': changed(onLeaf(unknown(false))),
  'rfc5280: an unknown critical extension in an intermediate': changed(onAuthority(unknown(true))),
  'rfc5280: an unknown critical extension in the root': changed(onRoot(unknown(true))),
  'rfc5280: an extension that occurs twice': changed(onLeaf(unknown(false), unknown(false))),
  'rfc5280: an authority with an empty subject': changed({ authorities: [{ subject: '' }] }),

  'eku: for clients': changed({ leaf: { extensions: [basic(false), purpose('client'), dns(HOST)] } }),
  'eku: absent': changed({ leaf: { extensions: [basic(false), dns(HOST)] } }),
  'eku: for anything': changed({ leaf: { extensions: [basic(false), purpose('any'), dns(HOST)] } }),
  'eku: critical': changed({ leaf: { extensions: [basic(false), purpose('server', true), dns(HOST)] } }),
  'eku: an intermediate for clients': changed(onAuthority(purpose('client'))),
  'eku: an intermediate for servers': changed(onAuthority(purpose('server'))),
  'eku: a root for clients': changed(onRoot(purpose('client'))),

  'nc: a permitted name': changed(onAuthority(constraints({ permitted: ['example.com'] }))),
  'nc: a name that is not permitted': changed(onAuthority(constraints({ permitted: ['example.net'] }))),
  'nc: a name that is not permitted, not critical': changed(onAuthority(constraints({ permitted: ['example.net'] }, false))),
  'nc: a name that is not permitted by the root': changed(onRoot(constraints({ permitted: ['example.net'] }))),
  'nc: an excluded name': changed(onAuthority(constraints({ excluded: ['example.com'] }))),
  'nc: another name is excluded': changed(onAuthority(constraints({ excluded: ['example.net'] }))),
  'nc: permitted and excluded': changed(onAuthority(constraints({ permitted: ['example.com'], excluded: [HOST] }))),
  'nc: the second name is not permitted': changed({ ...onAuthority(constraints({ permitted: [HOST] })), ...named(HOST, 'mail.example.net') }),
  'nc: an authority cannot widen what the one above permits': changed({
    authorities: [{ extensions: [...authority, constraints({ permitted: ['example.net'] })] }, { extensions: [...authority, constraints({ permitted: ['example.com'] })] }],
  }),
  'nc: a wildcard of an excluded name': changed({ ...onAuthority(constraints({ excluded: [HOST] })), ...named('*.example.com') }),
  'nc: only addresses are constrained': changed(onAuthority(constraints({ permitted: [{ ip: [192, 0, 2, 0, 255, 255, 255, 0] }] }))),
  'nc: a permitted address': changed({ ...onAuthority(constraints({ permitted: [{ ip: [192, 0, 2, 0, 255, 255, 255, 0] }] })), leaf: { extensions: [...server, ip('192.0.2.7')] } }, '192.0.2.7'),
  'nc: an address that is not permitted': changed({ ...onAuthority(constraints({ permitted: [{ ip: [198, 51, 100, 0, 255, 255, 255, 0] }] })), leaf: { extensions: [...server, ip('192.0.2.7')] } }, '192.0.2.7'),
  'nc: an excluded address': changed({ ...onAuthority(constraints({ excluded: [{ ip: [192, 0, 2, 0, 255, 255, 255, 0] }] })), leaf: { extensions: [...server, ip('192.0.2.7')] } }, '192.0.2.7'),
  'nc: in a server certificate': changed(onLeaf(constraints({ permitted: ['example.com'] }))),
  'nc: the name is in the common name alone': changed({ ...onAuthority(constraints({ permitted: ['example.net'] })), leaf: { extensions: server } }),

  'san: another domain': changed(named('mail.example.net')),
  'san: a subdomain': changed(named('a.mail.example.com')),
  'san: the domain above': changed(named('example.com')),
  'san: one of several names': changed(named('a.example', HOST, 'b.example')),
  'san: in capitals': changed(named('MAIL.EXAMPLE.COM')),
  'san: a wildcard for the first label': changed(named('*.example.com')),
  'san: a wildcard across labels': changed(named('*.example.com'), 'a.mail.example.com'),
  'san: a wildcard for the domain itself': changed(named('*.example.com'), 'example.com'),
  'san: a wildcard within the first label': changed(named('ma*.example.com')),
  'san: a wildcard at the end of the first label': changed(named('*il.example.com')),
  'san: a wildcard within an IDNA label': changed(named('xn--*.example.com'), 'xn--bcher-kva.example.com'),
  'san: a wildcard in the second label': changed(named('mail.*.com')),
  'san: a wildcard in two labels': changed(named('*.*.com')),
  'san: a wildcard alone': changed(named('*')),
  'san: a wildcard for a top-level domain': changed(named('*.com'), 'example.com'),
  'san: an underscore': changed(named('mail_1.example.com'), 'mail_1.example.com'),
  'san: a trailing dot': changed(named('mail.example.com.')),
  'san: a null octet in the name': changed(named('mail.example.com\0.example.net')),
  'san: no name but the common name': changed({ leaf: { extensions: server } }),
  'san: another name than the common name': changed({ leaf: { subject: `CN=${HOST}`, extensions: [...server, dns('mail.example.net')] } }),
  'san: an e-mail address beside the common name': changed({ leaf: { extensions: [...server, alternative([{ type: 'email', value: `a@${HOST}` }])] } }),
  'san: a URI beside the common name': changed({ leaf: { extensions: [...server, alternative([{ type: 'url', value: `https://${HOST}/` }])] } }),
  'san: critical': changed({ leaf: { extensions: [...server, alternative([{ type: 'dns', value: HOST }], true)] } }),
  'san: not critical, with an empty subject': changed({ leaf: { subject: '', extensions: [...server, dns(HOST)] } }),
  'san: the address of the host': changed({ leaf: { extensions: [...server, ip('192.0.2.7')] } }, '192.0.2.7'),
  'san: another address': changed({ leaf: { extensions: [...server, ip('192.0.2.8')] } }, '192.0.2.7'),
  'san: an address written as a name': changed(named('192.0.2.7'), '192.0.2.7'),
  'san: an address in the common name': changed({ leaf: { subject: 'CN=192.0.2.7', extensions: server } }, '192.0.2.7'),
  'san: an address for a name': changed({ leaf: { extensions: [...server, ip('127.0.0.1')] } }),

  'aki: of another key': changed({ ...onLeaf(authorityKey('other')), ...onAuthority(subjectKey('this')) }),
  'aki: critical': changed(onLeaf(authorityKey('this', true))),
  'ski: critical in an intermediate': changed(onAuthority(subjectKey('this', true))),

  'serial: zero': changed({ leaf: { serial: '00' } }),
  'serial: negative': changed({ leaf: { serial: 'ff01' } }),
  'serial: longer than 20 octets': changed({ leaf: { serial: '01'.repeat(25) } }),

  'webpki: an RSA key of 1,024 bits in the server certificate': changed({ leaf: { algorithm: rsa(1_024) } }),
  'webpki: an RSA key of 1,024 bits in the root': changed({ root: { algorithm: rsa(1_024) }, authorities: [] }),
  'webpki: an RSA key of 2,048 bits': changed({ leaf: { algorithm: rsa(2_048) } }),
  'webpki: a signature with SHA-1': changed({ authorities: [{ algorithm: rsa(2_048, 'SHA-1') }] }),

  'pathological: an expired intermediate, and a valid one with the same name and key': made(async () => {
    const { trusted, sent } = await chainOf({})
    const expired = await issue({ subject: sent[1]!.subject, signer: trusted[0]!, keys: sent[1]!.keys, extensions: authority, validity: [-2 * HOUR, -HOUR] })
    return { trusted, sent: [sent[0]!, expired, sent[1]!] }
  }),
  'pathological: two authorities that certify each other': made(async () => {
    const keys = [await newKeys(), await newKeys()] as const
    const one = await issue({ subject: 'CN=One', keys: keys[0], extensions: authority })
    const two = await issue({ subject: 'CN=Two', keys: keys[1], signer: one, extensions: authority })
    const oneAgain = await issue({ subject: 'CN=One', keys: keys[0], signer: two, extensions: authority })
    const leaf = await issue({ subject: `CN=${HOST}`, signer: two, extensions: [...server, dns(HOST)] })
    return { trusted: [await issue({ subject: 'CN=Root', extensions: authority })], sent: [leaf, two, oneAgain] }
  }),
  'pathological: an authority that is trusted and signed by another one': made(async () => {
    const { trusted, sent } = await chainOf({})
    const crossed = await issue({ subject: 'CN=Root', keys: trusted[0]!.keys, signer: await issue({ subject: 'CN=Other root', extensions: authority }), extensions: authority })
    return { trusted, sent: [...sent, crossed] }
  }),
  'pathological: the same certificate twenty times': made(async () => {
    const { trusted, sent } = await chainOf({})
    return { trusted, sent: [sent[0]!, ...Array.from({ length: 20 }, () => sent[1]!)] }
  }),
  'pathological: a chain of fifteen authorities': changed({ authorities: Array.from({ length: 15 }, () => ({})) }),
}
