import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Request } from 'express'
import { hasToken } from '../check-token.ts'

/** Allows requests with the token. */
export class TokenGuard implements CanActivate {
  readonly #token: string

  constructor(token: string) {
    this.#token = token
  }

  canActivate(context: ExecutionContext): boolean {
    return hasToken(context.switchToHttp().getRequest<Request>().headers.authorization, this.#token)
  }
}
