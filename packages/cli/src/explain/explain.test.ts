import { describe, expect, it } from 'vitest'
import { runCommand } from '../../test/run-command.ts'

const codeOf = (stdout: string) => stdout.split('\n')[0]

describe('postern explain', () => {
  it.each(['auth-rejected', 'basic-auth-disabled', 'network-blocks-smtp', 'port-465-legacy', 'deadline'])('explains the code "%s"', async (code) => {
    const { code: exit, stdout } = await runCommand(['explain', code])
    expect(exit).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual([code, expect.stringMatching(/\.$/), expect.stringMatching(/\.$/)])
    expect(stdout).not.toMatch(/[[\]{}]/)
  })

  it.each<[text: string, code: string]>([
    ['535 5.7.139', 'basic-auth-disabled'],
    ['535 5.7.139 Authentication unsuccessful, basic authentication is disabled.', 'basic-auth-disabled'],
    ['Error: Invalid login: 535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com', 'wrong-credentials'],
    ['534-5.7.9 Application-specific password required.', 'app-password-required'],
    ['Error: Mail command failed: 530 5.7.1 Authentication required', 'auth-required'],
    ["Error: Can't send mail - all recipients were rejected: 550 5.1.1 User unknown", 'recipient-rejected'],
    ['554 5.7.1 <x@example.com>: Relay access denied', 'auth-required'],
    ['552 5.3.4 Message size exceeds fixed limit', 'message-too-large'],
    ['Error: connect ETIMEDOUT 192.0.2.1:587', 'connect-timeout'],
    ['Error: connect ETIMEDOUT 192.0.2.1:587 after 500 ms', 'connect-timeout'],
    ['Error: connect ETIMEDOUT 192.0.2.1:587, timeout: 500 ms', 'connect-timeout'],
    ['request took 450 ms; Error: getaddrinfo ENOTFOUND x', 'dns-not-found'],
    ['  587 <- 550 User unknown', 'recipient-rejected'],
    ['the server said 535 5.7.8 no', 'wrong-credentials'],
    ["{ response: '550 User unknown' }", 'recipient-rejected'],
    ['connect ECONNREFUSED 127.0.0.1:465', 'connect-refused'],
    ["Error: getaddrinfo ENOTFOUND smtp.example.invalid {\n  errno: -3008,\n  code: 'EDNS',\n  syscall: 'getaddrinfo'", 'dns-not-found'],
    ["Error: self-signed certificate in certificate chain { code: 'ESOCKET', command: 'CONN' }", 'certificate-untrusted'],
    ['SSL routines:ssl3_get_record:wrong version number', 'starttls-expected'],
    ["Hostname/IP does not match certificate's altnames: Host: a. is not in the cert's altnames: DNS:b", 'certificate-name'],
    ["Error: Greeting never received { code: 'ETIMEDOUT', command: 'CONN' }", 'greeting-timeout'],
    ["NoUsableEndpointError { code: 'no-usable-endpoint', diagnosis: { code: 'network-blocks-smtp' } }", 'no-usable-endpoint'],
    ["{ code: 'ESOCKET', command: 'CONN' }", 'connection-lost'],
  ])('recognises %j', async (text, code) => {
    expect(codeOf((await runCommand(['explain', text])).stdout)).toBe(code)
  })

  it('names the server of the text, and repeats nothing else', async () => {
    const { stdout } = await runCommand(['explain', 'hunter2: connect ETIMEDOUT 192.0.2.1:587 ', '--lang', 'de'])
    expect(stdout).toContain('Der Server 192.0.2.1:587 hat nicht geantwortet.')
    expect(stdout).not.toContain('hunter2')
  })

  it('reads a pipe', async () => {
    const { stdout } = await runCommand(['explain', '--format', 'json'], { input: '> 535 5.7.8 Error: authentication failed\n' })
    expect(JSON.parse(stdout)).toMatchObject({ code: 'wrong-credentials', stage: 'auth', replyCode: 535, enhancedCode: '5.7.8' })
  })

  it.each([
    ['What is the time?', 'This text has no code'],
    ['port 587 and port 465 with ESMTP', 'This text has no code'],
    ['', 'There is nothing to explain.'],
  ])('does not guess: %j', async (text, message) => {
    const { code, stderr } = await runCommand(['explain', text])
    expect(code).toBe(64)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Error: ')
  })
})
