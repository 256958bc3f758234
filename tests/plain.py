"""HTTP to this machine, where nothing is encrypted."""

import ssl

#: For `verify=`: without it httpx reads all the world's trusted certificates for each client, 18 ms of work.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
