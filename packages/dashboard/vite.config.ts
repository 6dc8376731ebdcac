import { defineConfig } from 'vite'

/** Builds what the page loads: dist/client/app.js and app.css. */
export default defineConfig({
  // Core from its source, so that the script contains only the functions of core that it uses.
  resolve: { conditions: ['@postern/source', 'module', 'browser'] },
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: 'dist/client',
    target: 'es2023',
    modulePreload: false,
    rolldownOptions: {
      input: ['src/ui/client.tsx', 'src/ui/app.css'],
      // What core imports from Node is in the parts that the page does not use.
      external: /^node:/,
      treeshake: { moduleSideEffects: 'no-external' },
      output: { entryFileNames: 'app.js', assetFileNames: 'app.[ext]' },
    },
  },
})
