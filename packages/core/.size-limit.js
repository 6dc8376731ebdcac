/** What an app adds to itself, both languages included, minified and gzipped. docs/decisions/0007 says why there are two. */
const core = {
  path: 'dist/index.js',
  gzip: true,
  ignore: ['zod', 'zod/mini', 'ipaddr.js'],
  modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm' }),
}

const withoutConnections =
  '{ parseSettings, settingsFromEnv, settingsVariables, formatSettings, SettingsError, redact, checkSettings, planEndpoints, ' +
  'explainPlan, isLoopback, portTable, describePort, securityOfPort, lookupProvider, diagnose, describeFailure, ' +
  'diagnoseAttempts, NoUsableEndpointError, endpointKey, textsFor, format }'

export default [
  { ...core, name: 'core without its dependencies: what it says without a connection', import: withoutConnections, limit: '30 kB' },
  { ...core, name: 'core without its dependencies: everything', import: '*', limit: '34.5 kB' },
]
