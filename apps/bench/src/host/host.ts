import { type Folder, makeFolder } from './folder.ts'
import { onInterrupt } from './interrupt.ts'
import { type Namespace, openNamespace } from './namespace.ts'

/** An isolated environment for a server: a namespace and a temporary folder. */
export interface Host {
  readonly namespace: Namespace
  /** The temporary folder. */
  readonly root: string
  /** Kills every process inside and removes the namespace, the link and the folder. Idempotent. */
  readonly close: () => Promise<void>
}

/** Creates a host and launches a server on it; cleans up if that fails. */
export async function onNewHost<T>(launch: (host: Host) => Promise<T>): Promise<T> {
  const namespace = await openNamespace()
  let folder: Folder | undefined
  const settled = onInterrupt(() => {
    namespace.closeNow()
    folder?.removeNow()
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= namespace
      .close()
      .then(() => folder?.remove())
      .finally(settled))
  try {
    folder = await makeFolder(namespace.pid)
    return await launch({ namespace, root: folder.path, close })
  } catch (error) {
    await close()
    throw error
  }
}
