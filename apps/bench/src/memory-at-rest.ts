/** The memory of this process after garbage collections. Needs `--expose-gc`. */
export async function memoryAtRest(): Promise<NodeJS.MemoryUsage> {
  // Sockets and the objects they reference are released some event loop iterations after they have closed.
  for (let count = 0; count < 3; count++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    globalThis.gc?.()
  }
  return process.memoryUsage()
}
