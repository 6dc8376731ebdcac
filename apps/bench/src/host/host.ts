import { type Folder, makeFolder } from './folder.ts'
import { onInterrupt } from './interrupt.ts'
import { type Namespace, openNamespace } from './namespace.ts'

/** A machine of its own for a server: a namespace, and a folder that is gone with it. */
export interface Host {
  readonly namespace: Namespace
  /** The folder. */
  readonly root: string
  /** Ends every process inside and removes the namespace, the link and the folder. May be called again. */
  readonly close: () => Promise<void>
}

/** Makes a host and launches something on it; if that fails, nothing is left. */
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
