/** Microsoft 365 includes the Message-ID that it has set in its reply. */
const outlook = /^250 2\.0\.0 OK (<[^<>\s]+\.prod\.outlook\.com>)/i
/** Amazon SES replies with the local part of the Message-ID that it has set. */
const ses = /^250 Ok ([0-9a-f]+(?:-[0-9a-f]+)+)$/i
const sesHost = /(?:^|\.)([a-z]{2}(?:-[a-z]+)+-\d+)\.(?:[a-z0-9-]+\.)*(?:amazonaws|awsapps)\.com\.?$/i

/**
 * The Message-ID with which the server has replaced the original one, read from the last reply like in nodemailer.
 *
 * @param host the host, by which SES is recognised; its Message-IDs end in the domain of the region
 */
export function serverMessageIdOf(response: string, host: string): string | undefined {
  const given = outlook.exec(response.trim())?.[1]
  if (given) return given
  const local = ses.exec(response.trim())?.[1]
  const region = sesHost.exec(host)?.[1]?.toLowerCase()
  if (!local || !region) return undefined
  return `<${local.toLowerCase()}@${region === 'us-east-1' ? 'email' : region}.amazonses.com>`
}
