import asyncio
import json
import ssl
import sys

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult

settings = json.loads(sys.argv[1])
account = (settings['auth']['user'].encode(), settings['auth']['pass'].encode())


def authenticate(server, session, envelope, mechanism, data):
    success = (data.login, data.password) == account
    if not success:
        print('refused a login')
    return AuthResult(success=success, handled=False)


def make_context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings['certificateFile'], settings['keyFile'])
    return context


async def listen(port, implicit):
    loop = asyncio.get_running_loop()

    def connected():
        # aiosmtpd does not detect implicit TLS, so AUTH must be allowed without STARTTLS there.
        return SMTP(
            Sink(),
            hostname=settings['hostname'],
            tls_context=None if implicit else make_context(),
            require_starttls=not implicit,
            auth_require_tls=not implicit,
            authenticator=authenticate,
            loop=loop,
        )

    await loop.create_server(connected, settings['host'], port, ssl=make_context() if implicit else None)


async def main():
    await listen(587, False)
    await listen(2525, False)
    await listen(465, True)
    await asyncio.Event().wait()


asyncio.run(main())
