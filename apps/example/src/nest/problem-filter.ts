import type { ServerResponse } from 'node:http'
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import { sendProblem } from '../send-problem.ts'

/** Answers errors like the Express app. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    sendProblem(host.switchToHttp().getResponse<ServerResponse>(), error)
  }
}
