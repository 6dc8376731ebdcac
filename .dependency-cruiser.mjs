/**
 * The direction of imports, checked by `pnpm run check:imports`. Type imports count, tests do not.
 */

/** The rooms of each package, lowest first: a file imports from its own room and from those before it. */
const rooms = {
  'packages/core/src': [
    'text/',
    // What several rooms need and belongs to none of them.
    '(clock|endpoint|error-marker|ip-family|client-name|is-allowed|http-response|throw-async).ts',
    'ports.ts',
    'failure/',
    'providers/',
    'settings/',
    '(cleartext|policy).ts',
    'smtp/',
    'rules/',
    'selection/',
    'probe/',
    'submission/',
    'health/',
    'guard/',
    '(index|http).ts',
  ],
  'packages/dashboard/src': [
    '(state|page-model|mailer|assets).ts',
    'text/',
    'ui/',
    'history/',
    'live/',
    '(options.ts|routes/)',
    'create-dashboard.ts',
    'mounts/',
    '(index|node|fastify).ts',
  ],
  'packages/nodemailer/src': [
    '(version|throw-async).ts',
    'options/',
    'delivery/',
    'observability/',
    '(engine|mailer-transport|mailer).ts',
    'submission-transport.ts',
    '(create-transport|ethereal).ts',
    'index.ts',
  ],
}

const source = '^(packages|apps)/[^/]+/src/'

/** Matches the files of these rooms. */
const within = (folder, names) => `^${folder}/(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})`

/** One rule for each room: it imports from none of those after it. */
const orderOf = ([folder, names]) =>
  names.slice(0, -1).map((name, index) => ({
    name: `rooms-in-order: ${name}`,
    comment: `The order of the rooms of ${folder} is in .dependency-cruiser.mjs.`,
    severity: 'error',
    from: { path: within(folder, [name]) },
    to: { path: within(folder, names.slice(index + 1)) },
  }))

export default {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: source },
      to: { circular: true },
    },
    {
      name: 'core-imports-no-adapter',
      comment: 'Adapters import core. Core knows no framework and no nodemailer.',
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { path: ['^packages/(?!core/)', '^apps/', 'node_modules/(nodemailer|express|fastify|@nestjs)/'] },
    },
    {
      name: 'packages-import-no-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    ...Object.entries(rooms).flatMap(orderOf),
    ...Object.entries(rooms).map(([folder, names]) => ({
      name: 'room-unknown',
      comment: `The file belongs to no room of ${folder}: add it to the list in .dependency-cruiser.mjs.`,
      severity: 'error',
      from: { path: `^${folder}/`, pathNot: within(folder, names) },
      to: {},
    })),
    {
      name: 'not-found',
      comment: 'An import that cannot be resolved would escape the other rules. The Medusa framework is not installed: its tests use a part of it.',
      severity: 'error',
      from: { path: source },
      to: { couldNotResolve: true, pathNot: '^@medusajs/framework/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    exclude: { path: '\\.test\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@postern/source', 'types', 'import', 'node', 'default'],
    },
  },
}
