import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common'
import type { Response } from 'express'
import { type MailJob, MailJobs } from '../mail-jobs.ts'
import type { MailSetup } from '../mail-setup.ts'
import { fieldsOf } from '../problem.ts'
import { MAIL } from './mail-controller.ts'

/** Mails that are sent in the background. */
@Controller('jobs')
export class JobsController {
  readonly #jobs: MailJobs
  readonly #mail: MailSetup

  constructor(@Inject(MailJobs) jobs: MailJobs, @Inject(MAIL) mail: MailSetup) {
    this.#jobs = jobs
    this.#mail = mail
  }

  @Post()
  @HttpCode(202)
  add(@Body() body: unknown, @Res({ passthrough: true }) response: Response): MailJob {
    const job = this.#jobs.add({ from: this.#mail.from, ...fieldsOf(body) })
    response.location(`/jobs/${job.id}`)
    return job
  }

  @Get(':id')
  get(@Param('id') id: string): MailJob {
    return this.#jobs.get(id)
  }
}
