import type * as Nodemailer from 'nodemailer'

/**
 * nodemailer's main module, which stores the test account. It is loaded only when an account is requested, because it also
 * loads nodemailer's transports.
 */
let nodemailer: typeof Nodemailer | undefined

/** The same as nodemailer's `createTestAccount`. */
export const createTestAccount = (async (...args: Parameters<typeof Nodemailer.createTestAccount>) => {
  nodemailer ??= await import('nodemailer')
  return await nodemailer.createTestAccount(...args)
}) as typeof Nodemailer.createTestAccount

/** The same as nodemailer's `getTestMessageUrl`. Reads `[STATUS=new MSGID=…]` at the end of Ethereal's reply. */
export const getTestMessageUrl: typeof Nodemailer.getTestMessageUrl = (info) => {
  if (nodemailer) return nodemailer.getTestMessageUrl(info)
  const reply = String((info && info.response) || '')
  if (!reply.endsWith(']')) return false
  const facts = reply.slice(reply.indexOf('[', reply.lastIndexOf(']', reply.length - 2) + 1))
  const [, id] = /\bMSGID=([^\s\]]+)/.exec(facts) ?? []
  const web = (process.env.ETHEREAL_WEB || 'https://ethereal.email').replace(/\/+$/, '')
  return id !== undefined && /\bSTATUS=[^\s\]]/.test(facts) && `${web}/message/${id}`
}
