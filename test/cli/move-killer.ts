import fs, { type PathLike } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { sep } from 'node:path';

/**
 * Loaded with `--import` into the command line: ends the process as SIGKILL does right before, or right after, the nth change that it makes to the
 * names of files in the drop folder. `KILL_AT` is `before 3` or `after 3`.
 */
const [when, nth] = (process.env['KILL_AT'] ?? '').split(' ');
let changes = 0;

function kill(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

function isInDropFolder(path: PathLike): boolean {
  return String(path).includes(`${sep}batches${sep}`);
}

const { link, unlink, mkdir, rename } = fs.promises;

async function change<Result>(path: PathLike, make: () => Promise<Result>): Promise<Result> {
  if (!isInDropFolder(path)) return make();
  changes += 1;
  const isNth = changes === Number(nth);
  if (isNth && when === 'before') kill();
  const made = await make();
  if (isNth) kill();
  return made;
}

fs.promises.link = (from, to) => change(to, () => link(from, to));
fs.promises.unlink = (path) => change(path, () => unlink(path));
fs.promises.rename = (from, to) => change(to, () => rename(from, to));
fs.promises.mkdir = ((path: PathLike, options: fs.MakeDirectoryOptions) =>
  change(`${String(path)}${sep}`, () => mkdir(path, options))) as typeof mkdir;
syncBuiltinESMExports();
