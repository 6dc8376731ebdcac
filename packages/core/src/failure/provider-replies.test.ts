import { describe, expect, it } from 'vitest'
import { createSaslLogin } from '../smtp/sasl-login.ts'
import { ReplyParser } from '../smtp/reply.ts'
import { refusalOf } from '../submission/verdict.ts'
import { isPassing } from '../submission/verdict.ts'
import { locales, textsFor } from '../text/index.ts'
import { diagnose } from './diagnose.ts'
import { describeFailure, type Failure, type FailureCode, type FailureReason } from './failure.ts'
import { refusalFacts } from './refusal.ts'

const password = { user: 'ada@example.com', pass: 'correct horse' }
const token = { user: 'ada@example.com', accessToken: 'ya29.secret' }
const endpointOf = (host: string) => ({ host, port: 587, security: 'starttls' as const })

function parse(text: string) {
  return new ReplyParser().push(Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n`)).reply!
}

function loginFailure(host: string, reply: string, auth: typeof password | typeof token = password): Failure {
  const next = createSaslLogin(auth, { offered: ['PLAIN', 'XOAUTH2'], endpoint: endpointOf(host) })
  next()
  const step = next(reply)
  if (!('failure' in step)) throw new Error('The login did not fail.')
  return step.failure
}

describe('a refused login', () => {
  // As the providers document the replies, or as their servers send them.
  it.each<[host: string, reply: string, code: FailureCode, reason: FailureReason | undefined]>([
    ['smtp.gmail.com', '535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp', 'auth-rejected', 'wrong-credentials'],
    ['smtp.gmail.com', '534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor x - gsmtp', 'auth-rejected', 'app-password-required'],
    ['smtp.gmail.com', '534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1> Please log in via\n534-5.7.14 your web browser and then try again. Learn more at\n534 5.7.14  https://support.google.com/mail/answer/78754 x - gsmtp', 'auth-rejected', 'browser-login-required'],
    ['smtp.gmail.com', '454 4.7.0 Too many login attempts, please try again later. x - gsmtp', 'rate-limited', undefined],
    ['smtp.gmail.com', '534 5.7.9 No', 'auth-rejected', 'app-password-required'],
    ['smtp.example.com', '534 5.7.9 No', 'auth-rejected', 'mechanism-not-accepted'],
    ['smtp.office365.com', '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]', 'auth-rejected', 'smtp-auth-disabled'],
    ['smtp.office365.com', '535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [AM0PR01CA0101.eurprd01.prod.exchangelabs.com]', 'auth-rejected', 'basic-auth-disabled'],
    ['smtp.office365.com', '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [AM0PR01CA0101]', 'auth-rejected', 'wrong-credentials'],
    ['smtp.office365.com', '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.', 'auth-rejected', 'blocked-by-policy'],
    ['smtp.office365.com', "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator.", 'auth-rejected', 'blocked-by-policy'],
    ['smtp.office365.com', '535 5.7.139 Authentication unsuccessful', 'auth-rejected', 'basic-auth-disabled'],
    ['smtp.office365.com', '550 5.7.30 Basic authentication is not supported for Client Submission.', 'auth-rejected', 'basic-auth-disabled'],
    ['smtp.office365.com', '535 5.7.3 Authentication unsuccessful [AM0PR01CA0101]', 'auth-rejected', undefined],
    ['smtp.office365.com', '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending', 'rate-limited', undefined],
    ['smtp-mail.outlook.com', '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.', 'auth-rejected', 'basic-auth-disabled'],
    ['smtp.mail.yahoo.com', '535 5.7.0 (#AUTH005) Too many bad auth attempts.', 'auth-rejected', 'too-many-attempts'],
    ['smtp.mail.yahoo.com', '535 5.7.0 (#MBR1212) Incorrect username or password', 'auth-rejected', 'wrong-credentials'],
    ['smtp.mail.me.com', '535 5.7.8 Error: authentication failed: authentication failure', 'auth-rejected', 'wrong-credentials'],
    ['smtp.fastmail.com', '535 5.7.0 Incorrect username or password', 'auth-rejected', 'wrong-credentials'],
    ['smtp.fastmail.com', '535 5.7.0 Sorry, you need to create an app password to use this service', 'auth-rejected', 'app-password-required'],
    ['smtp.zoho.com', '535 Authentication Failed', 'auth-rejected', 'wrong-credentials'],
    ['smtp.mail.ru', '535 5.7.0 NEOBHODIM parol prilozheniya https://help.mail.ru/mail/security/protection/external / Application password is REQUIRED', 'auth-rejected', 'app-password-required'],
    ['smtp.yandex.ru', '535 5.7.8 Error: authentication failed: Invalid user or password! 1700000000-AbCdEf', 'auth-rejected', 'wrong-credentials'],
    ['smtp.yandex.ru', '535 5.7.8 Error: authentication failed: This user does not have access rights to this service', 'auth-rejected', 'smtp-auth-disabled'],
    ['smtp.qq.com', '535 Login fail. Authorization code is expired', 'auth-rejected', 'app-password-required'],
    ['smtp.163.com', '550 User has no permission', 'auth-rejected', 'smtp-auth-disabled'],
    ['mail.gmx.net', '535 Authentication credentials invalid', 'auth-rejected', 'wrong-credentials'],
    ['email-smtp.eu-west-1.amazonaws.com', '535 Authentication Credentials Invalid', 'auth-rejected', 'wrong-credentials'],
    ['email-smtp.eu-west-1.amazonaws.com', '454 Throttling failure: Maximum sending rate exceeded', 'rate-limited', undefined],
    ['smtp.sendgrid.net', '535 Authentication failed: Bad username / password', 'auth-rejected', 'wrong-credentials'],
    ['smtp.sendgrid.net', '451 Authentication failed: Maximum credits exceeded', 'rate-limited', undefined],
    ['smtp-relay.brevo.com', '535 5.7.8 Authentication failed', 'auth-rejected', 'wrong-credentials'],
    ['smtp-relay.brevo.com', '525 5.7.1 Unauthorized IP address', 'auth-rejected', 'address-not-allowed'],
    ['live.smtp.mailtrap.io', '535 5.7.0 Invalid credentials', 'auth-rejected', 'wrong-credentials'],
    ['smtp.strato.de', '535 5.7.13 User disabled', 'auth-rejected', 'account-disabled'],
    ['mail.example.com', '535 5.7.8 Error: authentication failed: Invalid authentication mechanism', 'auth-rejected', 'mechanism-not-accepted'],
    ['mail.example.com', '535 5.7.8 Error: authentication failed: no such user found', 'auth-rejected', 'unknown-user'],
    ['mail.example.com', '535 Incorrect authentication data', 'auth-rejected', 'wrong-credentials'],
    ['mail.example.com', '538 5.7.11 Encryption required for requested authentication mechanism', 'auth-rejected', 'mechanism-not-accepted'],
    ['mail.example.com', '454 4.7.0 Temporary authentication failure', 'auth-temporary', undefined],
    ['mail.example.com', '504 5.5.4 Unrecognized authentication type', 'auth-mechanism', undefined],
    ['mail.example.com', '500 5.5.1 Command unrecognized', 'auth-rejected', undefined],
  ])('%s: %s', (host, reply, code, reason) => {
    const failure = loginFailure(host, reply)
    expect(failure).toMatchObject({ code, stage: 'auth', replyCode: Number(reply.slice(0, 3)) })
    expect(failure.reason).toBe(reason)
    expect(isPassing(failure)).toBe(reply.startsWith('4'))
    expect(`${failure.message} ${failure.advice}`).not.toMatch(/[[\]{}]|\?/)
  })

  it.each<[reply: string, reason: FailureReason | undefined]>([
    ['535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials', 'token-rejected'],
    ['535 5.7.3 Authentication unsuccessful [AM0PR01CA0101]', 'token-rejected'],
    ['535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.', 'smtp-auth-disabled'],
    ['535 5.7.139 Authentication unsuccessful', 'token-rejected'],
  ])('with an access token: %s', (reply, reason) => {
    expect(loginFailure('smtp.office365.com', reply, token)).toMatchObject({ code: 'auth-rejected', reason })
  })

  it('asks for other credentials after 535 only, not after 454 (RFC 4954 §6)', () => {
    expect(loginFailure('mail.example.com', '535 5.7.8 Authentication credentials invalid').advice).toMatch(/^Check both/)
    expect(loginFailure('mail.example.com', '535 no').advice).toMatch(/^Check /)
    expect(loginFailure('mail.example.com', '454 4.7.0 Temporary authentication failure')).toMatchObject({ code: 'auth-temporary', advice: 'Try again later.' })
  })

  it('says which logins the provider accepts', () => {
    expect(loginFailure('smtp.gmail.com', '535 5.7.8 no').advice).toContain('Gmail accepts: OAuth2, app password.')
    expect(loginFailure('smtp.example.com', '535 5.7.8 no').advice).not.toContain('accepts')
  })
})

describe('a reply that lies', () => {
  it('is never taken for a rate limit where it refuses a login for good', () => {
    for (const text of ['535 5.7.0 Too many messages, try again in 1 second', '550 5.7.0 too many connections', '535 5.7.8 rate limit exceeded, retry after 1']) {
      const failure = loginFailure('mail.example.com', text)
      expect(failure.code).toBe('auth-rejected')
      expect(failure.retryAfter).toBeUndefined()
      expect(isPassing(failure)).toBe(false)
    }
  })

  it.each([
    ['535 5.7.8 correct horse is not the password', 'correct horse'],
    ['535 5.7.139 for ada@example.com: Y29ycmVjdCBob3JzZQ==', 'Y29ycmVj'],
    ['454 4.7.0 too many logins with correct horse, retry after 60', 'correct horse'],
    [`535 5.7.8 ${'x'.repeat(11_000)} kumquat`, 'kumquat'],
    ['535 5.7.8 <script>kumquat</script> {host} [{server}]', 'kumquat'],
  ])('shows nothing of %s', (reply, secret) => {
    expect(JSON.stringify(loginFailure('smtp.gmail.com', reply))).not.toContain(secret)
  })

  it('does not read what a mailbox is called', () => {
    const reply = parse('450 4.2.0 <too-many-mails@rate.example>: Recipient address rejected: Greylisted')
    expect(refusalFacts('recipient-rejected', reply, 'rcpt').code).toBe('recipient-rejected')
    expect(loginFailure('mail.example.com', '454 4.3.0 cannot check throttle@example.com now').code).toBe('auth-temporary')
  })

  it.each([
    ['450 4.2.0 Greylisted, try again in 300 seconds', 'rcpt', 300_000],
    ['451 4.3.0 Mail server busy, try again in 5 minutes', 'message', 300_000],
    ['550 5.1.1 Gone, try again in 5 minutes', 'rcpt', undefined],
  ] as const)('has the time that a temporary refusal names: %s', (reply, stage, retryAfter) => {
    expect(refusalFacts('recipient-rejected', parse(reply), stage)).toMatchObject({ code: 'recipient-rejected', retryAfter })
  })

  it('is read in a moment, however long it is', () => {
    const lines = Array.from({ length: 200 }, () => `a@ too many ${'try again '.repeat(30)}`)
    const began = process.cpuUsage()
    expect(refusalFacts('sender-rejected', { code: 450, lines }, 'mail').code).toBeDefined()
    expect(process.cpuUsage(began).user).toBeLessThan(500_000)
  })
})

describe('a refusal of the envelope or the message', () => {
  it.each<[provider: string, reply: string, stage: 'mail' | 'rcpt' | 'data' | 'message', code: FailureCode, retryable: boolean, retryAfter?: number]>([
    ['Gmail', '421 4.7.0 Try again later, closing connection.', 'mail', 'rate-limited', true],
    ['Gmail', '550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852', 'rcpt', 'rate-limited', true],
    ['Gmail', '550-5.4.5 Daily sending quota exceeded. For more information on our sending\n550 5.4.5 limits', 'message', 'rate-limited', true],
    ['Google relay', '550 5.7.1 Daily SMTP relay limit exceeded for customer. For more information, see the help.', 'mail', 'rate-limited', true],
    ['Google relay', '450 4.2.1 Peak SMTP relay limit exceeded for customer. This is a temporary error.', 'mail', 'rate-limited', true],
    ['Gmail', '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.', 'rcpt', 'recipient-rejected', true],
    ['Gmail', '550-5.7.26 This mail has been blocked because the sender is unauthenticated. SPF and DKIM did not pass\n550 5.7.26 x', 'message', 'message-rejected', false],
    ['Gmail', '530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0  https://support.google.com/accounts/troubleshooter/2402620. x - gsmtp', 'mail', 'auth-required', false],
    ['Microsoft 365', '530 5.7.57 Client not authenticated to send mail. [AM0PR01CA0101]', 'mail', 'auth-required', false],
    ['Microsoft 365', '550 5.7.30 Basic authentication is not supported for Client Submission.', 'mail', 'auth-rejected', false],
    ['Microsoft 365', "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", 'message', 'rate-limited', true],
    ['Microsoft 365', "550 5.7.233 Your message can't be sent because your tenant exceeded its tenant external recipient rate limit.", 'message', 'rate-limited', true],
    ['Microsoft 365', '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded', 'message', 'rate-limited', true],
    ['Exchange', '421 4.4.2 Message submission rate for this client has exceeded the configured limit', 'mail', 'rate-limited', true],
    ['Exchange Online', '451 4.7.500 Server busy. Please try again later from [192.0.2.1].', 'mail', 'rate-limited', true],
    ['Yahoo', '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints', 'mail', 'rate-limited', true],
    ['Amazon SES', '454 Throttling failure: Daily message quota exceeded', 'message', 'rate-limited', true],
    ['Amazon SES', '530 Authentication required', 'mail', 'auth-required', false],
    ['Amazon SES', '554 Message rejected: Email address is not verified.', 'message', 'message-rejected', false],
    ['Mailtrap', '550 5.7.0 Requested action not taken: too many emails per second', 'message', 'rate-limited', true],
    ['SendGrid', '550 Unauthenticated senders not allowed', 'mail', 'auth-required', false],
    ['SendGrid', '451 You have exceeded your messaging limits', 'message', 'rate-limited', true],
    ['Postfix', '450 4.7.1 Error: too much mail from 192.0.2.1', 'mail', 'rate-limited', true],
    ['Postfix', '554 5.7.1 <bob@example.net>: Relay access denied', 'rcpt', 'auth-required', false],
    ['Postfix', '450 4.7.1 <my_app>: Helo command rejected: Host not found', 'rcpt', 'ehlo-rejected', true],
    ['Exim', '550 relay not permitted', 'rcpt', 'auth-required', false],
    ['IONOS', '450 Requested mail action not taken: Mail send limit exceeded', 'message', 'rate-limited', true],
    ['a relay', '451 4.7.1 Too many messages, try again in 30 seconds', 'mail', 'rate-limited', true, 30_000],
    ['a relay', '421 Too many connections, please wait 5 min', 'mail', 'rate-limited', true, 300_000],
    ['a relay', '450 4.7.0 slow down; Retry-After: 120', 'mail', 'rate-limited', true, 120_000],
    ['a relay', '451 4.7.0 Rate limit reached, retry in an hour', 'data', 'rate-limited', true, 3_600_000],
    ['a relay', '451 4.7.0 Rate limit reached (100 per 60 seconds)', 'mail', 'rate-limited', true],
    ['a relay that exaggerates', '451 4.7.0 Rate limit reached, try again in 999999 days', 'mail', 'rate-limited', true, 86_400_000],
    ['a relay', '451 4.7.0 Rate limit reached, try again in 0 s', 'mail', 'rate-limited', true],
    ['a relay', '451 4.7.0 Rate limit reached, try again in a few minutes', 'mail', 'rate-limited', true],
  ])('%s: %s, after %s', (_, text, stage, code, retryable, retryAfter) => {
    const failure = refusalOf({ kind: 'refused', stage, reply: parse(text), rejected: [] }, false, endpointOf('smtp.example.com'), 'en')
    expect(failure).toMatchObject({ code, replyCode: Number(text.slice(0, 3)) })
    expect(failure.retryAfter).toBe(retryAfter)
    expect(isPassing(failure)).toBe(retryable)
  })

  it('is not auth-required where a login was made', () => {
    for (const text of ['530 5.7.0 Authentication required', '554 5.7.1 Relay access denied']) {
      expect(refusalOf({ kind: 'refused', stage: 'mail', reply: parse(text), rejected: [] }, true, endpointOf('a.example'), 'en').code).toBe('sender-rejected')
    }
  })
})

describe('a refusal of a connection', () => {
  it.each<[provider: string, reply: string, stage: 'greeting' | 'ehlo', code: FailureCode]>([
    ['Postfix', '421 4.7.0 mx.example.com Error: too many connections from 192.0.2.1', 'greeting', 'rate-limited'],
    ['Exim', '421 Too many concurrent SMTP connections; please try again later.', 'greeting', 'rate-limited'],
    ['Exchange', '421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel', 'greeting', 'rate-limited'],
    ['Yahoo', '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume', 'greeting', 'rate-limited'],
    ['a server that is busy', '421 4.3.2 Service not available', 'greeting', 'greeting-rejected'],
    ['a server without mail', '554 5.3.2 No mail service here', 'greeting', 'greeting-rejected'],
    ['Google relay', '421-4.7.0 Try again later, closing connection. (EHLO)\n421 4.7.0 x - gsmtp', 'ehlo', 'ehlo-rejected'],
    ['Postfix', '504 5.5.2 <my_app>: Helo command rejected: need fully-qualified hostname', 'ehlo', 'ehlo-rejected'],
    ['a relay', '421 4.7.0 Too many connections', 'ehlo', 'rate-limited'],
  ])('%s: %s, after %s', (_, text, stage, code) => {
    expect(refusalFacts(`${stage}-rejected`, parse(text), stage).code).toBe(code)
  })
})

describe('an error of nodemailer', () => {
  it.each([
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535, response: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.' }, { code: 'auth-rejected', reason: 'basic-auth-disabled' }],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 451, response: '451 4.7.1 Too fast, try again in 2 minutes' }, { code: 'rate-limited', retryAfter: 120_000 }],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530, response: '530 5.7.0 Authentication required' }, { code: 'auth-required' }],
    [{ code: 'ESOCKET', command: 'MAIL FROM', originalCode: 'ERR_SSL_WRONG_VERSION_NUMBER' }, { code: 'protocol-error', stage: 'mail' }],
  ])('%o', (fields, expected) => {
    expect(diagnose(Object.assign(new Error('x'), fields))).toMatchObject(expected)
  })
})

describe('the texts', () => {
  it.each(locales)('of message and advice do not contain each other (%s)', (locale) => {
    const { failures, reasons } = textsFor(locale)
    const facts = [
      ...Object.keys(failures).map((code) => ({ code: code as FailureCode })),
      ...Object.keys(reasons).map((reason) => ({ code: 'auth-rejected' as const, reason: reason as FailureReason })),
    ]
    for (const one of facts) {
      const { message, advice } = describeFailure({ ...one, stage: 'auth', replyCode: 535, accepts: { provider: 'Gmail', kinds: ['oauth2'] } }, endpointOf('smtp.example.com'), locale)
      expect(message).not.toContain(advice)
      expect(advice).not.toContain(message)
    }
  })
})
