import type { IncomingMessage } from 'node:http'
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional, type Type } from '@nestjs/common'
import { agrees } from '@postern/core/http'
import { isObservable, lastValueFrom } from 'rxjs'
import { showBody } from './keep-body.ts'
import { rawRequest } from './raw.ts'

const verdicts = new WeakMap<IncomingMessage, boolean>()

/** What the team's guard said of a request. */
export function isAuthorized(request: IncomingMessage): boolean {
  return verdicts.get(request) === true
}

/** Asks the team's guard and lets everybody on: the route itself decides what a no means, in the shape of its answers. */
export function verdictBy(token: symbol): Type<CanActivate> {
  @Injectable()
  class Verdict implements CanActivate {
    readonly #guard: CanActivate | undefined

    constructor(@Optional() @Inject(token) guard?: CanActivate) {
      this.#guard = guard
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = rawRequest(context.switchToHttp().getRequest())
      showBody(request)
      verdicts.set(request, await agrees(() => this.#ask(context)))
      return true
    }

    #ask(context: ExecutionContext): boolean | Promise<boolean> | undefined {
      const said = this.#guard?.canActivate(context)
      return isObservable(said) ? lastValueFrom(said) : said
    }
  }
  return Verdict
}
