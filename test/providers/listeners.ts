import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach } from 'vitest';
import { createHttp, type Http } from '../../src/providers/kit/http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** An {@link Http} that the end of the test closes. */
export function openHttp(connectTimeoutMs = 5_000): Http {
  const http = createHttp({ userAgent: 'payrun/test', connectTimeoutMs });
  closers.push(() => http.close());
  return http;
}

/** A TCP server that does with each connection what the test says; answers its port. */
export function listenTcp(onSocket: (socket: Socket) => void): Promise<number> {
  return listen(createServer(onSocket));
}

/** An HTTP server; answers its base URL. */
export async function listenHttp(onRequest: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(onRequest))}`;
}

/** A TLS server with a certificate that nobody trusts; answers its port. */
export function listenTls(onData: () => void): Promise<number> {
  return listen(createTlsServer({ key: KEY, cert: CERTIFICATE }, (socket) => socket.on('data', onData)));
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Made for this test: localhost, signed by itself, guards nothing. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUeIam13C3bmskETi+MizEujGFLQ4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA2MDQyNVoYDzIxMjYxMDI4
MDYwNDI1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQNIYz8gHef9QyWY2vCuMcunzmo12c7nML2GP1AMvCIZYFsCLi26MWU
8D7WhoPdmty+DXzsxpCu6gX86s/h1PaKo28wbTAdBgNVHQ4EFgQUQv8kxZXKrmMe
7S3gyAKvG5zO7RgwHwYDVR0jBBgwFoAUQv8kxZXKrmMe7S3gyAKvG5zO7RgwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAJjySBi/CoC/LFmXXy2OmkoI4hl3LJFUG5U75aHTLeDkAiA7
R9QQc75jaXtQvTFCWJ9hamLZLbk0BWUUlqIToQZp1w==
-----END CERTIFICATE-----`;

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdBjCswAG1+EGODwM
6UwWCfNj5HPZnipop1Q9oXP9LTihRANCAAQNIYz8gHef9QyWY2vCuMcunzmo12c7
nML2GP1AMvCIZYFsCLi26MWU8D7WhoPdmty+DXzsxpCu6gX86s/h1PaK
-----END PRIVATE KEY-----`;
