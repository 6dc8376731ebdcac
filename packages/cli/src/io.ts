import type { Dial } from '@postern/core'
import type { Fetch, Time } from '@postern/oauth2'

/** The part of a writable stream that commands use. */
export interface TextStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** The part of a readable stream that commands use. */
export interface KeyStream extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean | undefined
  setRawMode?(isRaw: boolean): unknown
  destroy?(): unknown
}

/** What a command reads and writes, instead of the globals of the process. */
export interface Io {
  readonly stdin: KeyStream
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly time: Time
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** Opens connections instead of `net.connect`, for tests. */
  readonly dial?: Dial | undefined
  /** Makes HTTP requests instead of Node's `fetch`, for tests. */
  readonly fetch?: Fetch | undefined
}
