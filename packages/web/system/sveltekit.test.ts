import type { RequestListener } from 'node:http'
import { frameworkContract } from './framework-contract.ts'

frameworkContract('SvelteKit', {
  dependencies: { '@sveltejs/adapter-node': '5.5.7', '@sveltejs/kit': '2.70.4', '@sveltejs/vite-plugin-svelte': '7.3.1', svelte: '5.57.3', vite: '8.3.8' },
  files: {
    'svelte.config.js': "import adapter from '@sveltejs/adapter-node'\nexport default { kit: { adapter: adapter(), csrf: { trustedOrigins: ['*'] } } }",
    'vite.config.js': "import { sveltekit } from '@sveltejs/kit/vite'\nexport default { plugins: [sveltekit()] }",
    'src/app.html': '%sveltekit.head%%sveltekit.body%',
  },
  routeFile: (path) => `src/routes${path}/+server.js`,
  route: 'const route = ({ request }) => handle(request)\nexport { route as GET, route as HEAD, route as POST, route as PUT, route as PATCH, route as DELETE }',
  mount: 'SvelteKit, `+server.ts`',
  build: 'vite build',
  // Node closes it after its keep-alive timeout.
  ownsConnections: false,
  load: async (folder) => ((await import(/* @vite-ignore */ `${folder}/build/handler.js`)) as { readonly handler: RequestListener }).handler,
})
