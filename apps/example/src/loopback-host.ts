/** Whether a request names this machine. A name that an attacker resolves to this machine is another one. */
export function isLoopbackHost(host = ''): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host)
}
