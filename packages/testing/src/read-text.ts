import PostalMime from 'postal-mime'

/** The parts of a message that a test asks about, decoded; empty where it cannot be read. */
export async function readText(raw: Buffer): Promise<{ readonly subject: string; readonly text: string }> {
  try {
    const { subject = '', text = '' } = await PostalMime.parse(raw)
    return { subject, text: text.replaceAll('\r\n', '\n').replace(/\n$/, '') }
  } catch {
    // The parser has limits of its own, and a provider takes mail it cannot read.
    return { subject: '', text: '' }
  }
}
