/** The exit codes of every command. */
export const exitCode = {
  /** Everything works. */
  fine: 0,
  /** It works, with warnings. */
  warnings: 1,
  /** It does not work. */
  fails: 2,
  /** The command line is wrong (EX_USAGE of sysexits.h). */
  usage: 64,
  /** A bug in the command (EX_SOFTWARE). Node's own exit code for an exception is 1, which has another meaning here. */
  internal: 70,
  /** Ended by Ctrl-C: 128 and the number of SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
