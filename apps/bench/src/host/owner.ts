import { run } from './run.ts'

/** A user of the system and its group. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Looks a user up by name. */
export async function findOwner(name: string): Promise<Owner> {
  return { uid: Number(await run('id', ['-u', name])), gid: Number(await run('id', ['-g', name])) }
}
