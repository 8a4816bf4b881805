#!/usr/bin/env bash
# Node 24.21.0 (libuv 1.52.1): a server takes one waiting connection in each turn of its event loop, however many wait.
#
# A payout provider sends its results over many connections at once, and the receiver does a few milliseconds of work in each turn: it
# checks a signature and stores the callback. Expected: all connections that wait are taken when the loop comes round, so that a health
# check behind sixty others is answered a turn later. Seen: of 64 connections that are there before the first turn ends, one is taken in
# each of 64 turns. With 5 ms of work in a turn the last sender waits about a third of a second for its connection alone, and so does a
# health check with a time-out. Work that waits until no more connections arrive keeps them from that.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@24.21.0
cat >serve.mjs <<'JS'
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const SENDERS = 64;
const WORK_MS = 5;
let turn = 0;
const takenInTurn = new Map();
const server = createServer((socket) => {
  takenInTurn.set(turn, (takenInTurn.get(turn) ?? 0) + 1);
  socket.resume();
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const senders = Array.from({ length: SENDERS }, () => connect(server.address().port, '127.0.0.1'));
const taken = () => [...takenInTurn.values()].reduce((sum, count) => sum + count, 0);
await new Promise((done) => {
  const work = () => {
    for (const end = performance.now() + WORK_MS; performance.now() < end; );
    turn += 1;
    if (taken() === SENDERS) done();
    else setImmediate(work);
  };
  setImmediate(work);
});
console.log(`${SENDERS} connections in ${takenInTurn.size} turns, at most ${Math.max(...takenInTurn.values())} in one`);
for (const sender of senders) sender.destroy();
server.close();
JS
version=$(node_modules/.bin/node --version)
seen=$(node_modules/.bin/node serve.mjs)
echo "node $version: $seen"
[ "$version: $seen" = 'v24.21.0: 64 connections in 64 turns, at most 1 in one' ] ||
  { echo "The output has changed; this note needs another look."; exit 1; }
