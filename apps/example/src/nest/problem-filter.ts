import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { Response } from 'express'
import { problemFrom } from '../problem.ts'

/** Answers errors like the Express app. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, message, details } = problemFrom(error)
    const response = host.switchToHttp().getResponse<Response>()
    response
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify({ title: message, status, ...details }))
  }
}
