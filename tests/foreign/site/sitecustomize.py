"""Resolves names that end with `.localhost` to this machine, as RFC 6761 demands; many machines do not.

Python loads this file by itself, from the folder in PYTHONPATH. The clients stay as they are."""

import socket

resolve = socket.getaddrinfo


def getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    return resolve("127.0.0.1" if isinstance(name, str) and name.endswith(".localhost") else host, *args, **kwargs)


socket.getaddrinfo = getaddrinfo
