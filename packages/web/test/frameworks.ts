import { getRequestListener } from '@hono/node-server'
import { Elysia } from 'elysia'
import { H3 } from 'h3'
import { toNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import type { Handlers } from './adapter.ts'
import { listen, type Listening } from './listen.ts'
import { bun, deno } from './runtimes.ts'

type Serve = (handlers: Handlers) => Promise<Listening>

const onNode: Readonly<Record<string, Serve>> = {
  Hono: async (handlers) => await listen(getRequestListener(honoOf(handlers).fetch)),
  h3: async (handlers) => {
    const app = new H3()
    for (const [path, handle] of Object.entries(handlers)) app.all(path, (event) => handle(event.req))
    return await listen(toNodeHandler(app))
  },
  Elysia: async (handlers) => await listen(getRequestListener(elysiaOf(handlers).handle)),
}

/** On Bun and Deno, their own servers. */
export const frameworks: Readonly<Record<string, Serve>> = bun
  ? {
      'Bun.serve': async (handlers) => bun!.serve({ hostname: '127.0.0.1', port: 0, fetch: byPath(handlers) }),
      'Elysia on Bun': async (handlers) => bun!.serve({ hostname: '127.0.0.1', port: 0, fetch: elysiaOf(handlers).handle }),
    }
  : deno
    ? {
        'Deno.serve': async (handlers) => deno!.serve(byPath(handlers)),
        'Hono on Deno': async (handlers) => deno!.serve(honoOf(handlers).fetch),
      }
    : onNode

function honoOf(handlers: Handlers): Hono {
  const app = new Hono()
  for (const [path, handle] of Object.entries(handlers)) app.all(path, (c) => handle(c.req.raw))
  return app
}

function elysiaOf(handlers: Handlers): Elysia {
  const app = new Elysia()
  for (const [path, handle] of Object.entries(handlers)) app.mount(path, (request) => handle(request))
  return app
}

function byPath(handlers: Handlers): (request: Request) => Promise<Response> {
  return async (request) => (await handlers[new URL(request.url).pathname]?.(request)) ?? new Response(null, { status: 404 })
}
