import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { exchange } from '../../../src/providers/kit/http-exchange.ts';
import type { HttpAnswer, HttpRequest } from '../../../src/providers/kit/http.ts';
import { CERTIFICATE, deadPort, listenHttp, listenTcp, listenTls, openHttp } from '../listeners.ts';

const post = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url,
  headers: { Authorization: 'Bearer token', 'Content-Type': 'application/json', 'X-API-KEY': 'k' },
  body: '{"amount":1250.50}',
  timeoutMs: 5_000,
  ...more,
});

const failure = (answer: HttpAnswer): string =>
  answer.kind === 'answer' ? `${answer.status}` : `${answer.kind} ${answer.code}`;

/** A server that reads one whole request and then writes `reply` and ends, or resets for null. */
async function talk(reply: string | null, onRequest: () => void = () => undefined): Promise<string> {
  const port = await listenTcp((socket) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.endsWith('}')) return;
      text = '';
      onRequest();
      if (reply === null) socket.resetAndDestroy();
      else socket.end(reply);
    });
  });
  return `http://127.0.0.1:${port}`;
}

describe('a whole answer', () => {
  it('comes with status, headers and text, and the request arrived as it was written', async () => {
    const seen: unknown[] = [];
    const url = await listenHttp((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(request.method, request.url, request.headers['authorization'], request.headers['user-agent'], body);
        response.writeHead(418, { 'x-request-id': 'req_1', 'set-cookie': ['a=1', 'b=2'] }).end('größer');
      });
    });
    const answer = await openHttp().send(post(`${url}/api/v1/pay?x=1`));
    expect(seen).toEqual(['POST', '/api/v1/pay?x=1', 'Bearer token', 'payrun/test', '{"amount":1250.50}']);
    if (answer.kind !== 'answer') throw new Error(answer.reason);
    expect([answer.status, answer.headers.get('x-request-id'), answer.body]).toEqual([418, 'req_1', 'größer']);
  });

  it('may be a redirection, which is not followed', async () => {
    let requests = 0;
    const url = await listenHttp((request, response) => {
      requests++;
      request.resume();
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const answer = await openHttp().send(post(url));
    expect([failure(answer), requests]).toEqual(['307', 1]);
  });

  it('may be any error, which is asked once', async () => {
    for (const status of [204, 304, 408, 413, 429, 500, 502, 503, 504]) {
      let requests = 0;
      const url = await listenHttp((request, response) => {
        requests++;
        request.resume();
        response.writeHead(status, { 'retry-after': '0' }).end();
      });
      expect([failure(await openHttp().send(post(url))), requests]).toEqual([String(status), 1]);
    }
  });

  it('may be preceded by an informational one', async () => {
    const url = await talk('HTTP/1.1 103 Early Hints\r\nx-a: 1\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    const answer = await openHttp().send(post(url));
    expect(answer).toMatchObject({ kind: 'answer', status: 200, body: 'ok' });
    if (answer.kind === 'answer') expect(answer.headers.has('x-a')).toBe(false);
  });
});

describe('a request', () => {
  it('has the headers that it was given, in their own case, and no others but those of HTTP', async () => {
    let raw: string[] = [];
    const url = await listenHttp((request, response) => {
      raw = request.rawHeaders.filter((_text, at) => at % 2 === 0);
      request.resume();
      response.end();
    });
    await openHttp().send(post(url));
    expect(raw).toEqual([
      'host',
      'connection',
      'Authorization',
      'Content-Type',
      'X-API-KEY',
      'User-Agent',
      'content-length',
    ]);
  });
});

describe('not-sent is said only when no byte of the request can have left', () => {
  it('for a refused connection', async () => {
    const answer = await openHttp().send(post(`http://127.0.0.1:${await deadPort()}/pay`));
    expect(failure(answer)).toBe('not-sent connection-refused');
  });

  it('for a name that nobody knows', async () => {
    expect(failure(await openHttp().send(post('http://payrun.invalid/pay')))).toBe('not-sent dns');
  });

  it('for a certificate that cannot be trusted', async () => {
    let bytes = 0;
    const port = await listenTls(() => bytes++);
    const answer = await openHttp().send(post(`https://localhost:${port}/pay`));
    expect([failure(answer), bytes]).toEqual(['not-sent certificate', 0]);
  });

  it('for a server that speaks no TLS', async () => {
    const port = await listenTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(failure(await openHttp().send(post(`https://127.0.0.1:${port}/pay`)))).toBe('not-sent tls');
  });

  it('for a TLS handshake that is cut off', async () => {
    const port = await listenTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(failure(await openHttp().send(post(`https://127.0.0.1:${port}/pay`)))).toBe('not-sent connect-reset');
  });

  it('for a handshake that never ends, by the connection time-out or by that of the request', async () => {
    const port = await listenTcp(() => undefined);
    const url = `https://127.0.0.1:${port}/pay`;
    expect(failure(await openHttp(200).send(post(url)))).toBe('not-sent connect-timeout');
    expect(failure(await openHttp(5_000).send(post(url, { timeoutMs: 100 })))).toBe('not-sent connect-timeout');
  });

  it('and what was given up while connecting does not leave afterwards', async () => {
    let received = '';
    const port = await listenTls(() => (received += 'x'));
    // A relay that holds the handshake back until the request was given up, before a server that is trusted.
    const openSockets: Socket[] = [];
    const relay = await listenTcp((socket) => void openSockets.push(socket));
    const agent = new Agent({ connect: { ca: CERTIFICATE, timeout: 60_000 } });
    const request = post(`https://127.0.0.1:${relay}/pay`, { timeoutMs: 100 });
    expect(failure(await exchange(agent, request, request.headers))).toBe('not-sent connect-timeout');
    const [client] = openSockets;
    if (client === undefined) throw new Error('no connection came');
    const server = connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    await once(server, 'close');
    expect(received).toBe('');
    // The same way carries a request that was not given up.
    const patient = exchange(agent, { ...request, timeoutMs: 5_000 }, request.headers);
    await expect.poll(() => openSockets.length).toBe(2);
    openSockets[1]?.pipe(connect(port, '127.0.0.1')).pipe(openSockets[1]);
    await expect.poll(() => received).not.toBe('');
    await agent.destroy();
    expect(failure(await patient)).toMatch(/^lost/);
  });

  it('for a header that HTTP forbids, without repeating it', async () => {
    const answer = await openHttp().send(post('http://127.0.0.1:9/pay', { headers: { 'x-api-key': 'secret\nkey' } }));
    expect(failure(answer)).toBe('not-sent invalid-request');
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe('everything else is lost', () => {
  it('when the connection is reset after the request', async () => {
    let requests = 0;
    const url = await talk(null, () => requests++);
    expect([failure(await openHttp().send(post(url))), requests]).toEqual(['lost connection-reset', 1]);
  });

  it('when it is closed without an answer', async () => {
    let requests = 0;
    const url = await talk('', () => requests++);
    expect([failure(await openHttp().send(post(url))), requests]).toEqual(['lost connection-closed', 1]);
  });

  it('when a connection that was used before dies under the request', async () => {
    let requests = 0;
    const port = await listenTcp((socket) =>
      socket.on('data', () => {
        requests++;
        if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        else socket.resetAndDestroy();
      }),
    );
    const http = openHttp();
    const url = `http://127.0.0.1:${port}/pay`;
    expect(failure(await http.send(post(url)))).toBe('200');
    expect(failure(await http.send(post(url)))).toBe('lost connection-reset');
    expect(requests).toBe(2);
  });

  it('when the answer does not come in time, and then the connection is given up', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const port = await listenTcp((socket) => {
      socket.resume();
      closed = once(socket, 'close');
    });
    expect(failure(await openHttp().send(post(`http://127.0.0.1:${port}/pay`, { timeoutMs: 150 })))).toBe(
      'lost timeout',
    );
    await closed;
  });

  it('when the answer trickles for longer than the time allowed', async () => {
    const port = await listenTcp((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
        const drip = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(drip));
      });
    });
    expect(failure(await openHttp().send(post(`http://127.0.0.1:${port}/pay`, { timeoutMs: 200 })))).toBe(
      'lost timeout',
    );
  });

  it.each([
    ['less than it announced', 'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"status":'],
    ['half of its chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"sta\r\n'],
    ['half of its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    [
      'an offer to speak something else',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    ],
    ['100 and nothing more', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('when the server sends %s', async (_what, reply) => {
    let requests = 0;
    const url = await talk(reply, () => requests++);
    const answer = await openHttp().send(post(url));
    expect([answer.kind, requests]).toEqual(['lost', 1]);
  });

  it('when the answer is larger than any answer should be', async () => {
    const url = await listenHttp((request, response) => {
      request.resume();
      response.end('x'.repeat(1024 * 1024 + 1));
    });
    expect(failure(await openHttp().send(post(url)))).toBe('lost answer-too-large');
  });
});

describe('connections', () => {
  it('are as many as there are requests under way', async () => {
    let waiting: (() => void)[] = [];
    const url = await listenHttp((request, response) => {
      request.resume();
      waiting.push(() => response.end('ok'));
      // Only when all forty are here does anybody get an answer.
      if (waiting.length < 40) return;
      for (const answer of waiting) answer();
      waiting = [];
    });
    const http = openHttp();
    const answers = await Promise.all(Array.from({ length: 40 }, () => http.send(post(url))));
    expect(new Set(answers.map(failure))).toEqual(new Set(['200']));
  });

  it('carry several requests one after the other, and are left before servers close idle ones', async () => {
    const sockets = new Set<Socket>();
    const endedByClient = new Set<Socket>();
    const url = await listenHttp((request, response) => {
      request.resume();
      const { socket } = request;
      // A server that closes an idle connection first destroys the socket, which has no end of the client then.
      if (!sockets.has(socket)) socket.once('end', () => endedByClient.add(socket));
      sockets.add(socket);
      response.end('ok');
    });
    const http = openHttp();
    for (let call = 0; call < 50; call++) await http.send(post(url));
    // One, or a second that was opened in the instant in which the first was becoming free.
    expect(sockets.size).toBeLessThanOrEqual(2);
    await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    expect(endedByClient).toEqual(sockets);
  });
});
