import { run } from './run.ts'

/** Ids of a system user and its group. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Looks a user up by name. */
export async function findOwner(name: string): Promise<Owner> {
  return { uid: Number(await run('id', ['-u', name])), gid: Number(await run('id', ['-g', name])) }
}
