import type { Listening } from './listen.ts'

type Fetch = (request: Request) => Response | Promise<Response>

/** The parts of Bun in use, whose types would replace those of Node. */
interface Bun {
  serve(options: {
    readonly hostname: string
    readonly port: number
    readonly routes?: Readonly<Record<string, Fetch>>
    readonly fetch: Fetch
  }): { readonly url: URL; stop(closeAll: boolean): Promise<void> }
}

interface Deno {
  serve(options: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal; onListen(): void }, handler: Fetch): {
    readonly addr: { readonly port: number }
    readonly finished: Promise<void>
  }
}

const runtime = globalThis as { readonly Bun?: Bun; readonly Deno?: Deno }

/** Bun's server, if this is Bun. */
export const bun = runtime.Bun && {
  serve(options: Parameters<Bun['serve']>[0]): Listening {
    const server = runtime.Bun!.serve(options)
    return { url: server.url.origin, close: () => server.stop(true) }
  },
}

/** Deno's server, if this is Deno. */
export const deno = runtime.Deno && {
  serve(handler: Fetch): Listening {
    const controller = new AbortController()
    const server = runtime.Deno!.serve({ hostname: '127.0.0.1', port: 0, signal: controller.signal, onListen() {} }, handler)
    return {
      url: `http://127.0.0.1:${server.addr.port}`,
      async close() {
        controller.abort()
        await server.finished
      },
    }
  },
}
