import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Module } from '@nestjs/common'
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import express5, { Router } from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import Koa from 'koa'
import type { Dashboard, DashboardOptions } from '../src/index.ts'
import { posternDashboard } from '../src/fastify.ts'
import { nodeHandler } from '../src/node.ts'

/** A dashboard for any framework. */
// oxlint-disable-next-line typescript/no-explicit-any -- the context differs
export type AnyDashboard = Dashboard<any>

/** A dashboard at `/admin/mail` of an app. */
export interface Mounted {
  /** Requests a path of the app. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** `http://127.0.0.1:…`; undefined if there is no server. */
  readonly url?: string
  close(): Promise<void>
}

/** How a framework mounts a dashboard. */
export interface Mount {
  readonly name: string
  /** Options that tell the dashboard where it is, if the framework does not. */
  readonly options?: Pick<DashboardOptions, 'path'>
  readonly mount: (dashboard: AnyDashboard) => Promise<Mounted>
}

const path = '/admin/mail'

export const mounts: readonly Mount[] = [
  {
    name: 'a web-standard handler',
    options: { path },
    async mount({ handle }) {
      return { request: (target, init) => handle(new Request(`http://127.0.0.1${target}`, init)), close: async () => {} }
    },
  },
  { name: 'Node’s HTTP server', options: { path: `${path}/` }, mount: (dashboard) => listen(nodeHandler(dashboard)) },
  { name: 'Express 5', mount: (dashboard) => listen(express5().use(path, nodeHandler(dashboard))) },
  { name: 'Express 4, after a body parser', mount: (dashboard) => listen(express4().use(express4.json()).use(path, nodeHandler(dashboard))) },
  { name: 'a router of Express', mount: (dashboard) => listen(express5().use('/admin', Router().use('/mail', nodeHandler(dashboard)))) },
  {
    name: 'Koa',
    options: { path },
    async mount(dashboard) {
      const serve = nodeHandler(dashboard)
      const app = new Koa().use((context) => {
        context.respond = false
        serve(context.req, context.res)
      })
      return await listen(app.callback())
    },
  },
  { name: 'Nest on Express', mount: (dashboard) => nest(new ExpressAdapter(), dashboard) },
  { name: 'Nest on Fastify', mount: (dashboard) => nest(new FastifyAdapter(), dashboard) },
  {
    name: 'Fastify, below a prefix',
    async mount(dashboard) {
      const app = fastify({ forceCloseConnections: true })
      await app.register(async (scope) => scope.register(posternDashboard, { path: '/mail', dashboard }), { prefix: '/admin' })
      return served(await app.listen({ host: '127.0.0.1', port: 0 }), () => app.close())
    },
  },
]

async function listen(listener: RequestListener): Promise<Mounted> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return served(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
}

/** A module without decorator syntax, which the tests of this package do not compile. */
class AppModule {
  readonly name = 'app'
}
Module({})(AppModule)

async function nest(adapter: AbstractHttpAdapter, dashboard: AnyDashboard): Promise<Mounted> {
  const app = await NestFactory.create(AppModule, adapter, { logger: false, forceCloseConnections: true })
  app.use(path, nodeHandler(dashboard))
  await app.listen(0, '127.0.0.1')
  return served(await app.getUrl(), () => app.close())
}

function served(url: string, close: () => Promise<void>): Mounted {
  return { url, request: (target, init) => fetch(`${url}${target}`, { redirect: 'manual', ...init }), close }
}
