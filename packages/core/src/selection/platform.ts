import type { en } from '../text/en.ts'

export type Platform = keyof (typeof en)['platforms']

/** A variable that each platform sets in the environment of what it runs. */
const tells: Readonly<Record<Platform, readonly string[]>> = {
  'aws-lambda': ['AWS_LAMBDA_FUNCTION_NAME'],
  azure: ['WEBSITE_INSTANCE_ID', 'CONTAINER_APP_NAME'],
  'cloud-run': ['K_SERVICE', 'CLOUD_RUN_JOB'],
  fly: ['FLY_APP_NAME'],
  heroku: ['DYNO'],
  railway: ['RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID'],
  render: ['RENDER'],
  vercel: ['VERCEL'],
}

/** The hosting platform this process seems to run on. */
export function detectPlatform(env: NodeJS.ProcessEnv): Platform | undefined {
  return (Object.keys(tells) as Platform[]).find((platform) => tells[platform].some((name) => env[name]))
}
