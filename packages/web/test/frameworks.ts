import { getRequestListener } from '@hono/node-server'
import { Elysia } from 'elysia'
import { H3 } from 'h3'
import { toNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import type { Handlers } from './adapter.ts'
import { listen, type Listening } from './listen.ts'

/** Frameworks with web-standard requests, on Node's HTTP server. */
export const frameworks: Readonly<Record<string, (handlers: Handlers) => Promise<Listening>>> = {
  async Hono(handlers) {
    const app = new Hono()
    for (const [path, handle] of Object.entries(handlers)) app.all(path, (c) => handle(c.req.raw))
    return await listen(getRequestListener(app.fetch))
  },
  async h3(handlers) {
    const app = new H3()
    for (const [path, handle] of Object.entries(handlers)) app.all(path, (event) => handle(event.req))
    return await listen(toNodeHandler(app))
  },
  async Elysia(handlers) {
    const app = new Elysia()
    for (const [path, handle] of Object.entries(handlers)) app.mount(path, (request) => handle(request))
    return await listen(getRequestListener(app.handle))
  },
}
