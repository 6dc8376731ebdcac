// A path to a port on the loopback interface, in a process of its own: what it sends is not the client's. The message "freeze" lets
// nothing pass any more on the connections that are open.
import { connect, createServer } from 'node:net'

const pairs = new Set()
const server = createServer((near) => {
  const far = connect(Number(process.argv[2]), '127.0.0.1')
  const pair = [near, far]
  pairs.add(pair)
  for (const [from, to] of [pair, [far, near]]) {
    from.on('error', () => {}).on('close', () => (pairs.delete(pair), to.destroy()))
    from.setNoDelay(true).pipe(to)
  }
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())
process.on('message', () => {
  for (const [near, far] of pairs) {
    near.unpipe(far).pause()
    far.unpipe(near).pause()
  }
})
