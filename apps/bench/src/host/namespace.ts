import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressPair, freeAddressPair } from './addresses.ts'
import { environment, run, type RunOptions } from './run.ts'

/** A network and process namespace, linked to this process's network by one pair of interfaces. */
export interface Namespace {
  /** The first process of the namespace: when it exits, the kernel kills all others. */
  readonly pid: number
  /** The address inside. */
  readonly host: string
  /** Runs a program inside and resolves with its output. */
  run(file: string, args: readonly string[], options?: RunOptions): Promise<string>
  /** Starts a program inside. */
  start(file: string, args: readonly string[]): ChildProcess
  /** Kills every process inside and removes the link. */
  close(): Promise<void>
  /** The same, synchronously, for exit handlers. */
  closeNow(): void
}

/** Creates a namespace. Its only route is the link, so it reaches no other network. */
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
        // The kernel may have removed the link already: ignore the status.
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
 * The first process of the namespace is a `cat` that reads from this process. When this process exits, even by SIGKILL,
 * `cat` reads the end of its input and exits; the kernel then kills all processes in the namespace and removes it with its
 * interfaces. So nothing is left in the file system.
 */
async function startHolder(): Promise<Holder> {
  const child = spawn('unshare', ['--net', '--pid', '--fork', '--kill-child', 'cat'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C must reach only this process, which then cleans up in order.
    detached: true,
  })
  let errorOutput = ''
  child.stderr.on('data', (chunk) => (errorOutput += chunk))
  child.stdin.on('error', () => {})
  const exited = once(child, 'exit')
  const echoed = once(child.stdout, 'data')
  child.stdin.write('ready\n')
  await Promise.race([echoed, exited])
  if (child.pid === undefined || child.exitCode !== null) {
    throw new Error(`The system tests need root on Debian: no network namespace could be created. ${errorOutput.trim()}`)
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
