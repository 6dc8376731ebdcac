import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Request } from 'express'
import { isToken } from '../check-token.ts'

/** Lets those pass who have the token. */
export class TokenGuard implements CanActivate {
  readonly #token: string

  constructor(token: string) {
    this.#token = token
  }

  canActivate(context: ExecutionContext): boolean {
    return isToken(context.switchToHttp().getRequest<Request>().headers.authorization, this.#token)
  }
}
