/**
 * Sends a burst of callbacks and asks for /health meanwhile; prints what became of it as JSON.
 *
 * node callback-sender.ts FILE PORT PATH CONNECTIONS
 *
 * Every line of FILE is one callback: its signature, a space, its body. Plain sockets, so that the sender takes as little of the
 * machine as it can.
 */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';

const HEALTH_EVERY_MS = 20;

const [file = '', port = '', path = '', connections = ''] = process.argv.slice(2);
const requests = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const space = line.indexOf(' ');
    const body = line.slice(space + 1);
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSignature: ${line.slice(0, space)}\r\n`;
    return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  });

let next = 0;
let acknowledged = 0;
const healthMs: number[] = [];
const started = performance.now();
const asking = setInterval(askHealth, HEALTH_EVERY_MS);
await Promise.all(Array.from({ length: Number(connections) }, sendOneByOne));
const wallMs = performance.now() - started;
clearInterval(asking);
process.stdout.write(JSON.stringify({ acknowledged, wallMs, healthMs }));
process.exit(0);

function sendOneByOne(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let received = '';
    const send = (): void => {
      const request = requests[next++];
      if (request === undefined) {
        socket.destroy();
        resolve();
      } else socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      if (received.startsWith('HTTP/1.1 200')) acknowledged += 1;
      received = '';
      send();
    });
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, end))?.[1];
  return length === undefined ? answer.endsWith('0\r\n\r\n') : answer.length >= end + 4 + Number(length);
}

function askHealth(): void {
  const startedAt = performance.now();
  get({ host: '127.0.0.1', port: Number(port), path: '/health' }, (answer) => {
    answer.resume().on('end', () => healthMs.push(performance.now() - startedAt));
  }).on('error', () => healthMs.push(Number.POSITIVE_INFINITY));
}
