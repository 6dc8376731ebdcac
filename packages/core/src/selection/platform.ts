import type { en } from '../text/en.ts'

export type Platform = keyof (typeof en)['platforms']

/** The name of each platform, and the environment variables that it sets. */
const platforms: Readonly<Record<Platform, readonly [name: string, ...variables: string[]]>> = {
  'aws-lambda': ['AWS Lambda', 'AWS_LAMBDA_FUNCTION_NAME'],
  azure: ['Azure', 'WEBSITE_INSTANCE_ID', 'CONTAINER_APP_NAME'],
  'cloud-run': ['Google Cloud', 'K_SERVICE', 'CLOUD_RUN_JOB'],
  fly: ['Fly.io', 'FLY_APP_NAME'],
  heroku: ['Heroku', 'DYNO'],
  railway: ['Railway', 'RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID'],
  render: ['Render', 'RENDER'],
  vercel: ['Vercel', 'VERCEL'],
}

/** The hosting platform of this process, if it is recognised. */
export function detectPlatform(env: NodeJS.ProcessEnv): { readonly id: Platform; readonly name: string } | undefined {
  for (const [id, [name, ...variables]] of Object.entries(platforms)) {
    if (variables.some((variable) => env[variable])) return { id: id as Platform, name }
  }
  return undefined
}
