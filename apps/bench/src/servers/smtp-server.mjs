import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const { modules, host, ports, hostname, auth, keyFile, certificateFile } = JSON.parse(process.argv[2])
const { SMTPServer } = createRequire(`${modules}/`)('smtp-server')

for (const { port, secure } of ports) {
  const server = new SMTPServer({
    name: hostname,
    secure,
    key: readFileSync(keyFile),
    cert: readFileSync(certificateFile),
    disabledCommands: auth ? [] : ['AUTH'],
    disableReverseLookup: true,
    onAuth: ({ username, password }, session, answer) => {
      if (username === auth.user && password === auth.pass) return answer(null, { user: username })
      console.log('refused a login')
      answer(new Error('Invalid username or password'))
    },
    onData: (stream, session, answer) => stream.resume().once('end', () => answer()),
  })
  server.on('error', (error) => console.log(error.message))
  server.listen(port, host)
}
