/** Bodies that no form sends. The word "echo" in them must not come back. */
export const refusedBodies: readonly (readonly [what: string, body: unknown, status: number, code: string])[] = [
  ['what is no JSON', '{"settings": echo', 400, 'not-json'],
  ['nothing', '', 422, 'wrong-request'],
  ['a list', [], 422, 'wrong-request'],
  ['a string', '"echo"', 400, 'not-json'],
  ['an object without settings', {}, 422, 'wrong-request'],
  ['settings that are a URL', { settings: 'smtp://echo:echo@smtp.example.com' }, 422, 'wrong-request'],
  ['settings that are a list', { settings: [{ host: 'echo' }] }, 422, 'wrong-request'],
  ['a key beside the settings', { settings: { host: 'smtp.example.com' }, echo: 1 }, 422, 'wrong-request'],
  ['a key among the settings', { settings: { host: 'smtp.example.com', echo: 1 } }, 422, 'wrong-request'],
  ['a policy', { settings: { host: 'smtp.example.com', policy: { allowPort25: true } } }, 422, 'wrong-request'],
  ['a policy beside the settings', { settings: { host: 'smtp.example.com' }, policy: {} }, 422, 'wrong-request'],
  ['an allowlist', { settings: { host: 'smtp.example.com' }, allow: ['127.0.0.1'] }, 422, 'wrong-request'],
  ['candidates', { settings: { host: 'smtp.example.com', candidates: [{ port: 22, security: 'none' }] } }, 422, 'wrong-request'],
  ['a certificate that need not be valid', { settings: { host: 'a.example', tls: { rejectUnauthorized: false } } }, 422, 'wrong-request'],
  ['a key of the client', { settings: { host: 'a.example', tls: { key: 'echo' } } }, 422, 'wrong-request'],
  ['a URL that says more', { settings: { url: 'smtp://echo?tls.rejectUnauthorized=false' } }, 422, 'wrong-request'],
  ['a proxy', { settings: { host: 'a.example', proxy: 'http://echo' } }, 422, 'wrong-request'],
  ['a local address', { settings: { host: 'a.example', localAddress: '127.0.0.1' } }, 422, 'wrong-request'],
  ['a probe that is no boolean', { settings: { host: 'a.example' }, probe: 'yes' }, 422, 'wrong-request'],
  ['a login that is no boolean', { settings: { host: 'a.example' }, login: 1 }, 422, 'wrong-request'],
  ['two hosts', { settings: { host: 'a.example', hostname: 'b.example' } }, 422, 'wrong-request'],
  ['a line break in the login', { settings: { host: 'a.example', auth: { user: 'a\r\nRCPT TO:<echo>', pass: 'x' } } }, 422, 'wrong-request'],
  ['a line break in the EHLO name', { settings: { host: 'a.example', clientName: 'a\r\nMAIL' } }, 422, 'wrong-request'],
  ['NUL in a password', { settings: { host: 'a.example', auth: { user: 'a', pass: 'x\0echo' } } }, 422, 'wrong-request'],
  ['a prototype on top', '{"settings": {"host": "a.example"}, "__proto__": {"probe": true}}', 422, 'wrong-request'],
  ['a prototype in the settings', '{"settings": {"host": "a.example", "__proto__": {"policy": {}}}}', 422, 'wrong-request'],
  ['a prototype in the login', '{"settings": {"host": "a.example", "auth": {"__proto__": {"user": "echo"}}}}', 422, 'wrong-request'],
  ['a constructor', '{"settings": {"host": "a.example", "constructor": {"prototype": {}}}}', 422, 'wrong-request'],
  ['a deep nest among the settings', `{"settings": {"host": "a.example", "more": ${'['.repeat(8_000)}${']'.repeat(8_000)}}}`, 422, 'wrong-request'],
  ['a deep nest for a body', `${'{"settings":'.repeat(2_000)}1${'}'.repeat(2_000)}`, 422, 'wrong-request'],
  ['a body that is huge', `{"settings": {"host": "${'echo'.repeat(20_000)}"}}`, 413, 'too-large'],
  ['a body that is huge and no JSON', 'echo'.repeat(1_000_000), 413, 'too-large'],
]

const nest = (depth: number) => `${'['.repeat(depth)}"echo"${']'.repeat(depth)}`

/** Bodies with one value deep below where a text belongs: read, found wrong, and not repeated. */
export const deepBodies: readonly (readonly [where: string, body: string])[] = [
  ['the host', `{"probe": true, "settings": {"host": ${nest(8_000)}}}`],
  ['the login', `{"probe": true, "settings": {"host": "a.example", "auth": {"user": ${nest(8_000)}, "pass": "x"}}}`],
  ['the security', `{"probe": true, "settings": {"host": "a.example", "security": ${nest(8_000)}}}`],
  ['the authorities', `{"probe": true, "settings": {"host": "a.example", "tls": {"ca": ${nest(8_000)}}}}`],
]

/** What a framework may take for the path of the settings check, as it stands in the request. */
export const otherPaths = [
  '/settings/check/',
  '/Settings/Check',
  '/settings/%63heck',
  '/settings/%43HECK/',
  '/settings//check',
  '//settings/check',
  '/settings/check?path=/other',
  '/settings/check/?',
  '/settings/check;a=b',
  '/settings/./check',
  '/settings/check%2f',
  '/settings%2fcheck',
  '/settings/check#x',
  'http://a.example/settings/check',
  'HTTP://a.example:80/settings/check?x#y',
]
