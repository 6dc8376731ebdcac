import * as core from '@postern/core'
import * as nodemailer from '@postern/nodemailer'
import * as testing from '@postern/testing'
import { send } from './send.cjs'

await send(core, nodemailer, testing)
