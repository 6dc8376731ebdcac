/** Invalid bodies. Responses must not repeat the word "echo". */
export const refusedBodies: readonly (readonly [what: string, body: unknown, status: number, code: string])[] = [
  ['a body that is not JSON', '{"settings": echo', 400, 'not-json'],
  ['an empty body', '', 422, 'wrong-request'],
  ['an array', [], 422, 'wrong-request'],
  ['a JSON string', '"echo"', 400, 'not-json'],
  ['an object without settings', {}, 422, 'wrong-request'],
  ['settings that are a URL', { settings: 'smtp://echo:echo@smtp.example.com' }, 422, 'wrong-request'],
  ['settings that are an array', { settings: [{ host: 'echo' }] }, 422, 'wrong-request'],
  ['a key beside the settings', { settings: { host: 'smtp.example.com' }, echo: 1 }, 422, 'wrong-request'],
  ['a key among the settings', { settings: { host: 'smtp.example.com', echo: 1 } }, 422, 'wrong-request'],
  ['a policy', { settings: { host: 'smtp.example.com', policy: { allowPort25: true } } }, 422, 'wrong-request'],
  ['a policy beside the settings', { settings: { host: 'smtp.example.com' }, policy: {} }, 422, 'wrong-request'],
  ['an allowlist', { settings: { host: 'smtp.example.com' }, allow: ['127.0.0.1'] }, 422, 'wrong-request'],
  ['candidates', { settings: { host: 'smtp.example.com', candidates: [{ port: 22, security: 'none' }] } }, 422, 'wrong-request'],
  ['disabled certificate verification', { settings: { host: 'a.example', tls: { rejectUnauthorized: false } } }, 422, 'wrong-request'],
  ['a client key', { settings: { host: 'a.example', tls: { key: 'echo' } } }, 422, 'wrong-request'],
  ['a URL with options', { settings: { url: 'smtp://echo?tls.rejectUnauthorized=false' } }, 422, 'wrong-request'],
  ['a proxy', { settings: { host: 'a.example', proxy: 'http://echo' } }, 422, 'wrong-request'],
  ['a local address', { settings: { host: 'a.example', localAddress: '127.0.0.1' } }, 422, 'wrong-request'],
  ['a probe that is not a boolean', { settings: { host: 'a.example' }, probe: 'yes' }, 422, 'wrong-request'],
  ['a login that is not a boolean', { settings: { host: 'a.example' }, login: 1 }, 422, 'wrong-request'],
  ['a sender with a line break', { settings: { host: 'a.example' }, probe: true, checkSender: 'a@a.example\r\nDATA' }, 422, 'wrong-request'],
  ['a sender with another key', { settings: { host: 'a.example' }, probe: true, checkSender: { from: 'a@a.example', echo: 1 } }, 422, 'wrong-request'],
  ['a sender without a probe', { settings: { host: 'a.example' }, checkSender: 'echo@a.example' }, 422, 'wrong-request'],
  ['a sender without the login', { settings: { host: 'a.example', user: 'a', pass: 'x' }, probe: true, checkSender: 'echo@a.example' }, 422, 'wrong-request'],
  ['two hosts', { settings: { host: 'a.example', hostname: 'b.example' } }, 422, 'wrong-request'],
  ['a line break in the login', { settings: { host: 'a.example', auth: { user: 'a\r\nRCPT TO:<echo>', pass: 'x' } } }, 422, 'wrong-request'],
  ['a line break in the EHLO name', { settings: { host: 'a.example', clientName: 'a\r\nMAIL' } }, 422, 'wrong-request'],
  ['NUL in a password', { settings: { host: 'a.example', auth: { user: 'a', pass: 'x\0echo' } } }, 422, 'wrong-request'],
  ['a prototype at the top level', '{"settings": {"host": "a.example"}, "__proto__": {"probe": true}}', 422, 'wrong-request'],
  ['a prototype in the settings', '{"settings": {"host": "a.example", "__proto__": {"policy": {}}}}', 422, 'wrong-request'],
  ['a prototype in the login', '{"settings": {"host": "a.example", "auth": {"__proto__": {"user": "echo"}}}}', 422, 'wrong-request'],
  ['a constructor', '{"settings": {"host": "a.example", "constructor": {"prototype": {}}}}', 422, 'wrong-request'],
  ['deep nesting in the settings', `{"settings": {"host": "a.example", "more": ${'['.repeat(8_000)}${']'.repeat(8_000)}}}`, 422, 'wrong-request'],
  ['deep nesting at the top level', `${'{"settings":'.repeat(2_000)}1${'}'.repeat(2_000)}`, 422, 'wrong-request'],
  ['a huge body', `{"settings": {"host": "${'echo'.repeat(20_000)}"}}`, 413, 'too-large'],
  ['a huge body that is not JSON', 'echo'.repeat(1_000_000), 413, 'too-large'],
]

const nested = (depth: number) => `${'['.repeat(depth)}"echo"${']'.repeat(depth)}`

/** Bodies with a deeply nested array where a string belongs. Responses must not repeat it. */
export const deepBodies: readonly (readonly [where: string, body: string])[] = [
  ['the host', `{"probe": true, "settings": {"host": ${nested(8_000)}}}`],
  ['the login', `{"probe": true, "settings": {"host": "a.example", "auth": {"user": ${nested(8_000)}, "pass": "x"}}}`],
  ['the security', `{"probe": true, "settings": {"host": "a.example", "security": ${nested(8_000)}}}`],
  ['the authorities', `{"probe": true, "settings": {"host": "a.example", "tls": {"ca": ${nested(8_000)}}}}`],
]

/** Request targets that a framework may route to the settings check. */
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
