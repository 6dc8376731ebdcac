/** What an app adds to itself, every language and dependency included, minified and gzipped. docs/decisions/0018 gives the numbers. */
const core = {
  path: 'dist/index.js',
  gzip: true,
  modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm' }),
}

const withoutConnections =
  '{ parseSettings, settingsFromEnv, settingsVariables, formatSettings, SettingsError, redact, checkSettings, planEndpoints, ' +
  'explainPlan, isLoopback, portTable, describePort, securityOfPort, lookupProvider, diagnose, describeFailure, ' +
  'diagnoseAttempts, NoUsableEndpointError, endpointKey, textsFor, format }'

/** Without the file that this entry shares with the main entry. */
const besideMainEntry = (config) => ({ ...config, platform: 'node', format: 'esm', external: [...(config.external ?? []), '*/shared.js'] })

export default [
  { ...core, name: 'core: what it says without a connection', import: withoutConnections, limit: '57.8 kB' },
  { ...core, name: 'core: everything in the main entry', import: '*', limit: '80.3 kB' },
  { ...core, name: 'core/submission: what it adds to the main entry', path: 'dist/submission/index.js', import: '*', limit: '14.3 kB', modifyEsbuildConfig: besideMainEntry },
  { ...core, name: 'core/http: what it adds to the main entry', path: 'dist/http.js', import: '*', limit: '12.5 kB', modifyEsbuildConfig: besideMainEntry },
]
