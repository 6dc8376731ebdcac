/** Microsoft 365 puts the id that it gave the message into its reply. */
const outlook = /^250 2\.0\.0 OK (<[^<>\s]+\.prod\.outlook\.com>)/i
/** Amazon SES says the local part of the Message-ID that it sets. */
const ses = /^250 Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$/i
const sesHost = /(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d+)\.(?:[a-z0-9-]+\.)*(?:amazonaws|awsapps)\.com\.?$/i

/**
 * The Message-ID that the server gave a message in the place of its own, as nodemailer reads it from the last reply.
 *
 * @param host SES is recognised by its host; its ids end in the region's domain
 */
export function serverMessageIdOf(response: string, host: string): string | undefined {
  const given = outlook.exec(response.trim())?.[1]
  if (given) return given
  const local = ses.exec(response.trim())?.[1]
  const region = sesHost.exec(host)?.[1]?.toLowerCase()
  if (!local || !region) return undefined
  return `<${local.toLowerCase()}@${region === 'us-east-1' ? 'email' : region}.amazonses.com>`
}
