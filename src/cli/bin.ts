#!/usr/bin/env node
// The first thing that runs, so it must also parse and load under old versions of Node: no import but the built-in ones, and
// nothing of ours before the version is known to be new enough.
import * as module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const NODE_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
  process.stderr.write(
    `payrun needs Node ${NODE_MAJOR} or newer; this is ${process.versions.node}. Install one, for example: npm install --global node@${NODE_MAJOR} ` +
      '(a clone has one: node_modules/.bin/node)\n',
  );
  process.exitCode = 2;
} else {
  // Compiled code is kept in a folder of the user's own (never one that others may write to): most of a sweep that finds
  // nothing to do is start-up.
  module.enableCompileCache(join(homedir(), '.cache', 'payrun'));
  const { main } = await import('./main.ts');
  await main(process.argv);
}
