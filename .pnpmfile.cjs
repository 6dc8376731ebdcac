/** Tracing that Inngest imports on demand alone: 202 MB. */
const tracing = /^@(?:traceloop\/instrumentation-|opentelemetry\/auto-instrumentations-)/

module.exports = {
  hooks: {
    readPackage(manifest) {
      if (manifest.name !== 'inngest') return manifest
      const kept = Object.entries(manifest.dependencies).filter(([name]) => !tracing.test(name))
      return { ...manifest, dependencies: Object.fromEntries(kept) }
    },
  },
}
