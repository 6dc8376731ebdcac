import manifest from '../package.json' with { type: 'json' }

/** The version of the package. The bundle contains it, so that it may be copied alone. */
export const { version } = manifest
