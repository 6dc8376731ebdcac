/** What it adds to an app that has core, minified and gzipped. oauth4webapi is the larger part. */
export default [
  {
    name: 'oauth2, with oauth4webapi and without core',
    path: 'dist/index.js',
    import: '*',
    gzip: true,
    ignore: ['@postern/core'],
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm' }),
    limit: '11 kB',
  },
]
