/** What an app that imports all of core adds to itself, both languages included, minified and gzipped. */
export default [
  {
    name: 'core without its dependencies',
    path: 'dist/index.js',
    import: '*',
    limit: '30 kB',
    gzip: true,
    ignore: ['zod', 'zod/mini', 'ipaddr.js'],
    modifyEsbuildConfig: (config) => ({ ...config, platform: 'node', format: 'esm' }),
  },
]
