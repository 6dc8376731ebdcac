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
  /** Ended by Ctrl-C: 128 and the number of SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
