import type * as Nodemailer from 'nodemailer'

/**
 * nodemailer's main module, which knows the test account that was made. It also has nodemailer's own transports, so it is
 * not loaded before an account is asked for.
 */
let nodemailer: typeof Nodemailer | undefined

/** nodemailer's function of this name. */
export const createTestAccount = (async (...args: Parameters<typeof Nodemailer.createTestAccount>) => {
  nodemailer ??= await import('nodemailer')
  return await nodemailer.createTestAccount(...args)
}) as typeof Nodemailer.createTestAccount

/** nodemailer's function of this name: the page of a message at Ethereal, from `[STATUS=new MSGID=…]` at the end of the reply. */
export const getTestMessageUrl: typeof Nodemailer.getTestMessageUrl = (info) => {
  if (nodemailer) return nodemailer.getTestMessageUrl(info)
  const reply = String((info && info.response) || '')
  if (!reply.endsWith(']')) return false
  const facts = reply.slice(reply.indexOf('[', reply.lastIndexOf(']', reply.length - 2) + 1))
  const [, id] = /\bMSGID=([^\s\]]+)/.exec(facts) ?? []
  const web = (process.env.ETHEREAL_WEB || 'https://ethereal.email').replace(/\/+$/, '')
  return id !== undefined && /\bSTATUS=[^\s\]]/.test(facts) && `${web}/message/${id}`
}
