import { getRequestListener } from '@hono/node-server'
import { Elysia } from 'elysia'
import { H3 } from 'h3'
import { createApp, defineEventHandler, toNodeListener, toWebRequest } from 'h3-1'
import { toNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import { createRequestHandler, type LoaderFunctionArgs, type ServerBuild } from 'react-router'
import type { AdapterOptions, Handlers } from './adapter.ts'
import { listen, type Listening } from './listen.ts'
import { bun, deno } from './runtimes.ts'

/** A server of web-standard handlers. */
export interface Framework extends AdapterOptions {
  readonly serve: (handlers: Handlers) => Promise<Listening>
}

/** Node closes the connection after its keep-alive timeout. */
const ownsConnections = false

const onNode: Readonly<Record<string, Framework>> = {
  Hono: { serve: async (handlers) => await listen(getRequestListener(honoOf(handlers).fetch)) },
  h3: { ownsConnections, serve: async (handlers) => await listen(toNodeHandler(h3Of(handlers))) },
  // Its requests have no signal.
  'h3 1': { ownsConnections, seesDisconnects: false, serve: async (handlers) => await listen(toNodeListener(h31Of(handlers))) },
  Elysia: { serve: async (handlers) => await listen(getRequestListener(elysiaOf(handlers).handle)) },
  'React Router': { serve: async (handlers) => await listen(getRequestListener(reactRouterOf(handlers))) },
}

/** On Bun and Deno, their own servers. */
export const frameworks: Readonly<Record<string, Framework>> = bun
  ? {
      'Bun.serve': { ownsConnections, serve: async (handlers) => bun!.serve({ hostname: '127.0.0.1', port: 0, routes: routesOf(handlers), fetch: notFound }) },
      'Elysia on Bun': { ownsConnections, serve: async (handlers) => bun!.serve({ hostname: '127.0.0.1', port: 0, fetch: elysiaOf(handlers).handle }) },
    }
  : deno
    ? {
        'Deno.serve': { ownsConnections, serve: async (handlers) => deno!.serve(byPath(handlers)) },
        'Hono on Deno': { ownsConnections, serve: async (handlers) => deno!.serve(honoOf(handlers).fetch) },
      }
    : onNode

function honoOf(handlers: Handlers): Hono {
  const app = new Hono()
  for (const [path, handle] of Object.entries(handlers)) app.all(path, (c) => handle(c.req.raw))
  return app
}

function h3Of(handlers: Handlers): H3 {
  const app = new H3()
  for (const [path, handle] of Object.entries(handlers)) app.all(path, (event) => handle(event.req))
  return app
}

function h31Of(handlers: Handlers) {
  const app = createApp()
  for (const [path, handle] of Object.entries(handlers)) app.use(path, defineEventHandler((event) => handle(toWebRequest(event))))
  return app
}

function elysiaOf(handlers: Handlers): Elysia {
  const app = new Elysia()
  for (const [path, handle] of Object.entries(handlers)) app.all(path, ({ request }) => handle(request), { parse: 'none' })
  return app
}

/** The server build that its compiler makes of a file for each route. */
function reactRouterOf(handlers: Handlers): (request: Request) => Promise<Response> {
  const routes = Object.entries(handlers).map(([path, handle]) => {
    const serve = ({ request }: LoaderFunctionArgs) => handle(request)
    return [path, { id: path, path, module: { default: undefined, loader: serve, action: serve } }]
  })
  const build: ServerBuild = {
    routes: Object.fromEntries(routes),
    entry: { module: { default: async () => notFound(), handleError() {} } },
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    future: {} as ServerBuild['future'],
    publicPath: '/',
    assetsBuildDirectory: '',
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: 'initial', manifestPath: '' },
  }
  return createRequestHandler(build, 'production')
}

function routesOf(handlers: Handlers): Readonly<Record<string, (request: Request) => Promise<Response>>> {
  return Object.fromEntries(Object.entries(handlers).map(([path, handle]) => [path, (request: Request) => handle(request)]))
}

function byPath(handlers: Handlers): (request: Request) => Promise<Response> {
  return async (request) => (await handlers[new URL(request.url).pathname]?.(request)) ?? notFound()
}

function notFound(): Response {
  return new Response(null, { status: 404 })
}
