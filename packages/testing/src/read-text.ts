import PostalMime from 'postal-mime'

/** Decodes the subject and plain text of a message; empty if it cannot be parsed. */
export async function readText(raw: Buffer): Promise<{ readonly subject: string; readonly text: string }> {
  try {
    const { subject = '', text = '' } = await PostalMime.parse(raw)
    return { subject, text: text.replaceAll('\r\n', '\n').replace(/\n$/, '') }
  } catch {
    // The parser rejects some messages that a mail server accepts.
    return { subject: '', text: '' }
  }
}
