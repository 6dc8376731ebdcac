/** What an app adds to itself, both languages included, minified and gzipped. docs/decisions/0007 says why there are several. */
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

/** The rooms that the main entry has as well. */
const mainEntry = ['failure', 'selection', 'settings', 'smtp', 'text'].map((room) => `../${room}/*`)

export default [
  { ...core, name: 'core without its dependencies: what it says without a connection', import: withoutConnections, limit: '30 kB' },
  { ...core, name: 'core without its dependencies: everything in the main entry', import: '*', limit: '41 kB' },
  {
    ...core,
    name: 'core/submission: what it adds to the main entry',
    path: 'dist/submission/index.js',
    import: '*',
    limit: '14 kB',
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm', external: [...(config.external ?? []), ...mainEntry] }),
  },
]
