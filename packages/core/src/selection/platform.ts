import type { en } from '../text/en.ts'

type PlatformId = keyof (typeof en)['platforms']

/** A hosting platform. */
export interface Platform {
  readonly id: PlatformId
  readonly name: string
}

/** The name of each platform, and the environment variables that it sets. */
const platforms: Readonly<Record<PlatformId, readonly [name: string, ...variables: string[]]>> = {
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
export function detectPlatform(env: NodeJS.ProcessEnv): Platform | undefined {
  for (const [id, [name, ...variables]] of Object.entries(platforms)) {
    if (variables.some((variable) => env[variable])) return { id: id as PlatformId, name }
  }
  return undefined
}
