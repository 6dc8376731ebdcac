/** The ports of every server. */
export const ports = [
  { port: 587, security: 'starttls' },
  { port: 2525, security: 'starttls' },
  { port: 465, security: 'implicit' },
] as const
