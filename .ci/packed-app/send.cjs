const assert = require('node:assert/strict')

/** What the README promises, with the packages as they are published. */
exports.send = async ({ parseSettings }, { createTransport, default: nodemailer }, { startProvider }) => {
  assert.equal(nodemailer.createTransport, createTransport)
  const provider = await startProvider({ faults: { 587: 'refuse' } })
  const transport = createTransport(parseSettings(provider.settings))
  try {
    await transport.ready()
    await transport.sendMail({ from: provider.auth.user, to: 'you@postern.test', subject: 'Packed', text: 'It works.' })
    assert.equal(transport.endpoint.port, provider.ports[2525])
    assert.deepEqual(provider.messages.map(({ subject }) => subject), ['Packed'])
  } finally {
    transport.close()
    await provider.close()
  }
}
