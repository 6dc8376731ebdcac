import type { en } from '../text/en.ts'

export type Platform = keyof (typeof en)['platforms']

/** What each platform calls itself, and variables that it sets in the environment of what it runs. */
const platforms: Readonly<Record<Platform, { readonly name: string; readonly tells: readonly string[] }>> = {
  'aws-lambda': { name: 'AWS Lambda', tells: ['AWS_LAMBDA_FUNCTION_NAME'] },
  azure: { name: 'Azure', tells: ['WEBSITE_INSTANCE_ID', 'CONTAINER_APP_NAME'] },
  'cloud-run': { name: 'Google Cloud', tells: ['K_SERVICE', 'CLOUD_RUN_JOB'] },
  fly: { name: 'Fly.io', tells: ['FLY_APP_NAME'] },
  heroku: { name: 'Heroku', tells: ['DYNO'] },
  railway: { name: 'Railway', tells: ['RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID'] },
  render: { name: 'Render', tells: ['RENDER'] },
  vercel: { name: 'Vercel', tells: ['VERCEL'] },
}

/** The hosting platform this process seems to run on. */
export function detectPlatform(env: NodeJS.ProcessEnv): { readonly id: Platform; readonly name: string } | undefined {
  const id = (Object.keys(platforms) as Platform[]).find((one) =>
    platforms[one].tells.some((variable) => env[variable]),
  )
  return id && { id, name: platforms[id].name }
}
