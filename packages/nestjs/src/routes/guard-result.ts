import type { IncomingMessage } from 'node:http'
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional, type Type } from '@nestjs/common'
import { isAllowed } from '@postern/core/http'
import { isObservable, lastValueFrom } from 'rxjs'
import { restoreBody } from './hide-body.ts'
import { rawRequest } from './raw.ts'

const results = new WeakMap<IncomingMessage, boolean>()

/** Whether the app's guard allowed a request. */
export function isAuthorized(request: IncomingMessage): boolean {
  return results.get(request) === true
}

/** Records the result of the app's guard and always allows: the route answers denied requests itself. */
export function recordGuardResult(token: symbol): Type<CanActivate> {
  @Injectable()
  class RecordingGuard implements CanActivate {
    readonly #guard: CanActivate | undefined

    constructor(@Optional() @Inject(token) guard?: CanActivate) {
      this.#guard = guard
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = rawRequest(context.switchToHttp().getRequest())
      restoreBody(request)
      results.set(request, await isAllowed(() => this.#runGuard(context)))
      return true
    }

    #runGuard(context: ExecutionContext): boolean | Promise<boolean> | undefined {
      const result = this.#guard?.canActivate(context)
      return isObservable(result) ? lastValueFrom(result) : result
    }
  }
  return RecordingGuard
}
