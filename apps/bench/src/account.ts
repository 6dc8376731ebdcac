/** A server and a login. */
export interface Account {
  readonly host: string
  readonly auth: { readonly user: string; readonly pass: string }
  readonly tls: { readonly ca: string }
}

/** nodemailer's options for one port, with STARTTLS required. */
export function nodemailerOptions({ host, auth, tls }: Account, port: number) {
  return { host, port, auth: { ...auth }, tls: { ...tls }, requireTLS: true }
}
