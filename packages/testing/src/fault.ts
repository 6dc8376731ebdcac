/** The faults that `startProvider({ faults })` and `provider.fault(port, fault)` accept. */
export type Fault =
  // Before the greeting.
  | 'refuse'
  | 'black-hole'
  | 'silent'
  | 'reset'
  // The greeting.
  | 'bad-banner'
  | 'http-banner'
  | 'greeting-rejected'
  | 'greeting-deferred'
  | 'greeting-flood'
  // EHLO.
  | 'ehlo-rejected'
  | 'ehlo-endless'
  | 'drip'
  // Encryption.
  | 'no-starttls'
  | 'starttls-refused'
  | 'starttls-injection'
  | 'starttls-hangs'
  | 'tls-outdated'
  | 'implicit-plain'
  | 'plain-implicit'
  // The certificate.
  | 'bad-certificate'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-name'
  // The login.
  | 'auth-not-offered'
  | 'auth-rejected'
  | 'auth-temporary'
  | 'auth-drops'
  | 'auth-echo'
  | 'auth-endless'
  // The message.
  | 'sender-rejected'
  | 'recipient-rejected'
  | 'message-rejected'
  | 'message-deferred'
  | 'drops-at-mail'
  | 'drops-in-body'
  | 'drops-after-body'
  | 'hangs-after-body'
  // Late replies: held back until `provider.release(port)`.
  | 'holds-at-mail'
  | 'holds-at-rcpt'
  | 'holds-at-data'
  | 'holds-after-body'
