import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressPair, freeAddressPair } from './addresses.ts'
import { environment, run, type RunOptions } from './run.ts'

/** A network and process namespace, linked to this process's own network by one pair of interfaces. */
export interface Namespace {
  /** The process that holds the namespace: when it ends, everything in the namespace ends. */
  readonly pid: number
  /** The address inside. */
  readonly host: string
  /** Runs a program inside, to its end. */
  run(file: string, args: readonly string[], options?: RunOptions): Promise<string>
  /** Starts a program inside; its output can be read. */
  start(file: string, args: readonly string[]): ChildProcess
  /** Ends every process inside and removes the link. */
  close(): Promise<void>
  /** The same for an exit handler, which cannot wait. */
  closeNow(): void
}

/** Makes a namespace. Its only route is the link: nothing inside reaches any other network. */
export async function openNamespace(): Promise<Namespace> {
  const holder = await startHolder()
  const pid = holder.pid
  const link = `postern-${pid}`
  const enter = [`--net=/proc/${pid}/ns/net`, `--pid=/proc/${pid}/ns/pid_for_children`, '--']
  const inside = (file: string, args: readonly string[], options?: RunOptions): Promise<string> =>
    run('nsenter', [...enter, file, ...args], options)
  const close = async (): Promise<void> => {
    await run('ip', ['link', 'delete', link]).catch(() => {})
    await holder.end()
  }
  try {
    const addresses = await freeAddressPair(pid)
    await connect(link, pid, addresses, inside)
    return {
      pid,
      host: addresses.inside,
      run: inside,
      start: (file, args) =>
        spawn('nsenter', [...enter, file, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }),
      close,
      closeNow: () => {
        holder.kill()
        // The kernel may be quicker, so there is no status to look at.
        spawnSync('ip', ['link', 'delete', link], { env: environment, stdio: 'ignore' })
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Holder {
  readonly pid: number
  end(): Promise<void>
  kill(): void
}

/**
 * The namespace has no name in the file system. It lives as long as a `cat` that reads from this process: when this
 * process ends, even by SIGKILL, `cat` reads the end of its input, and since it is the first process of its process
 * namespace, the kernel ends all others there and frees the network namespace and its interfaces.
 */
async function startHolder(): Promise<Holder> {
  const child = spawn('unshare', ['--net', '--pid', '--fork', '--kill-child', 'cat'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Out of the terminal's reach: Ctrl-C must come to this process first, which then cleans up in order.
    detached: true,
  })
  let complaint = ''
  child.stderr.on('data', (chunk) => (complaint += chunk))
  child.stdin.on('error', () => {})
  const exited = once(child, 'exit')
  const echoed = once(child.stdout, 'data')
  child.stdin.write('ready\n')
  await Promise.race([echoed, exited])
  if (child.pid === undefined || child.exitCode !== null) {
    throw new Error(`The system tests need root on Debian: no network namespace could be made. ${complaint.trim()}`)
  }
  return {
    pid: child.pid,
    end: async () => {
      child.stdin.end()
      await exited
    },
    kill: () => child.kill('SIGKILL'),
  }
}

async function connect(link: string, pid: number, addresses: AddressPair, inside: Namespace['run']): Promise<void> {
  const { outside, inside: host, prefix } = addresses
  const peer = ['peer', 'name', 'eth0', 'netns', `${pid}`]
  await run('ip', ['link', 'add', link, 'type', 'veth', ...peer])
  await inside('ip', ['-batch', '-'], {
    input: `link set lo up\naddress add ${host}/${prefix} dev eth0\nlink set eth0 up\n`,
  })
  await run('ip', ['-batch', '-'], {
    input: `address add ${outside}/${prefix} dev ${link}\nlink set ${link} up\n`,
  })
}
