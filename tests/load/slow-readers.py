"""Times purchases at a running sandbox while many clients read a page at a few bytes per second.

python3 tests/load/slow-readers.py PORT [READERS]     (Python, because Node cannot set the receive buffer)
"""
import http.client, re, selectors, socket, sys, threading, time

PORT, READERS = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 800
SECONDS, BYTES = 40, 64
REQUEST = f"GET / HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n".encode()


def read_slowly(until):
    """Each reader takes BYTES per second; a reader that is disconnected does not return."""
    writing = selectors.DefaultSelector()
    readers = []
    for _ in range(READERS):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        reader.setblocking(False)
        reader.connect_ex(("127.0.0.1", PORT))
        writing.register(reader, selectors.EVENT_WRITE)
    while time.time() < until:
        for key, _ in writing.select(0.1):
            writing.unregister(key.fileobj)
            try:
                key.fileobj.send(REQUEST)
                readers.append(key.fileobj)
            except OSError:
                key.fileobj.close()
        for reader in list(readers):
            try:
                if reader.recv(BYTES) == b"":
                    raise ConnectionError
            except BlockingIOError:
                pass
            except OSError:
                readers.remove(reader)
                reader.close()
        time.sleep(0.9)


def purchase(label):
    shop = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    headers = {"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}", "Content-Type": "application/x-www-form-urlencoded"}

    def ask(method, path, body=None):
        shop.request(method, path, body, headers)
        response = shop.getresponse()
        text = response.read().decode()
        cookie = response.getheader("set-cookie")
        if cookie:
            headers["Cookie"] = cookie.split(";")[0]
        return response, text

    start = time.time()
    _, page = ask("GET", "/")
    product = re.findall(r'href="/products/([^"?#]+)"', page)[0]
    ask("POST", "/cart", f"intent=add&product_id={product}&quantity=1")
    ask("GET", "/cart")
    checkout, _ = ask("POST", "/checkout", "")
    print(f"{label}: {time.time() - start:.1f} s, checkout status {checkout.status}", flush=True)


purchase("first")
purchase("idle server")
end = time.time() + SECONDS
threading.Thread(target=read_slowly, args=(end,)).start()
time.sleep(0.5)
while time.time() < end:
    purchase(f"with {READERS} slow readers")
    time.sleep(2)
