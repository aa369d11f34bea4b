# For forged.js: sends netlink datagrams to every netlink socket of its network namespace, and to the groups of events, as answers and events that the kernel never
# gave: links, errors, ends of dumps, with numbers that a request may have, and bytes at random.
import os, random, socket, struct, time

NEWLINK, ERROR, DONE = 16, 2, 3
random.seed(int(os.environ["SEED"]))
sender = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
sender.setblocking(False)


def message(kind, flags, sequence, payload):
    return struct.pack("=IHHII", 16 + len(payload), kind, flags, sequence, 0) + payload


def attribute(number, payload):
    return struct.pack("=HH", 4 + len(payload), number) + payload + b"\0" * (-len(payload) % 4)


def forged():
    first = random.randrange(10) * 500
    sequence = random.choice([0, 1, 2, 3, random.randrange(200), random.randrange(1 << 32)])
    link = struct.pack("=BxHiII", 0, 1, random.randrange(2, 99), 1, 0) + attribute(3, b"forged\0")
    return random.choice(
        [
            message(NEWLINK, 2, sequence, link),
            message(NEWLINK, 0, 0, link),
            message(ERROR, 0x100, sequence, struct.pack("=i", -random.choice([0, 1, 17, 22])) + bytes(16)),
            message(DONE, 2, sequence, struct.pack("=i", 0)),
            # A request that is under way is mostly among them.
            b"".join(message(ERROR, 0x100, first + at, struct.pack("=i", -17) + bytes(16)) for at in range(500)),
            os.urandom(random.randrange(1, 200)),
            b"",
        ]
    )


LINKS, ADDRESSES, ROUTES = 1, 5, 7
deadline = time.monotonic() + float(os.environ["SECONDS_OF_IT"])
sent = refused = 0
while time.monotonic() < deadline:
    with open("/proc/net/netlink") as table:
        rows = [line.split() for line in table][1:]
    for port in [int(row[2]) for row in rows if row[1] == "0" and row[2] != "0"]:
        for _ in range(5):
            try:
                sender.sendto(forged(), (port, 0))
            except ConnectionRefusedError:
                refused += 1
            except OSError:
                pass  # some kernels take nothing empty
    for group in [LINKS, ADDRESSES, ROUTES]:
        try:
            sender.sendto(forged(), (0, 1 << group - 1))
            sent += 1
        except OSError:
            pass  # nobody is in it, or it is empty
    time.sleep(0)
print(sent, refused)
