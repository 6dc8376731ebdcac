const { send } = require('./send.cjs')

send(require('@postern/core'), require('@postern/nodemailer'), require('@postern/testing')).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
