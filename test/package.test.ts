import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const prefix = mkdtempSync(join(tmpdir(), 'payrun-prefix-'));
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

/** npm as a person calls it, on the Node that runs these tests. */
const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };

const packed = packedFiles();

describe('the packed package', () => {
  it.each(packed.filter((path) => path.endsWith('.md')))('holds every file that its %s links to', (document) => {
    expect(linksOf(document).filter((link) => !isPacked(link))).toEqual([]);
  });

  it('has links to guides in its README', () => {
    expect(linksOf('README.md').filter((link) => link.startsWith('docs/')).length).toBeGreaterThan(5);
  });

  it('holds the examples of the repository and no other batch: a clone may have private ones', () => {
    const committed = execFileSync('git', ['ls-files', 'batches', 'payrun.yaml'], { cwd: root, encoding: 'utf8' });
    const examples = packed.filter((path) => path.startsWith('batches/') || path === 'payrun.yaml');
    expect(examples.sort()).toEqual(committed.trim().split('\n').sort());
    expect(isPacked('reports')).toBe(false);
  });

  it('names no registry that does not have it, and the file that npm pack makes', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(readme).not.toMatch(/npm (install|i|exec)( -\S+)* payrun\b|npx payrun/);
    expect(readme).toContain(`npm install --global ./payrun-${version}.tgz`);
  });
});

function packedFiles(): readonly string[] {
  const text = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(text) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

function isPacked(link: string): boolean {
  return packed.some((path) => path === link || path.startsWith(`${link}/`));
}

/** The relative links of a document, as paths from the root of the package. */
function linksOf(document: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/i.test(link))
    .map((link) => join(dirname(document), link).replace(/\/$/, ''));
}

/** Claims another version before anything else loads. */
const AS_NODE_20 = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;

/** Real ones of this machine, besides a pretended one that is always there. */
function oldNodes(): readonly (readonly [string, ...string[]])[] {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const real = [...new Set(places.map((place) => join(place, 'node')))].filter((path) => {
    const answer = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return answer.status === 0 && Number(/^v(\d+)/.exec(answer.stdout)?.[1]) < 24;
  });
  return [[process.execPath, '--import', AS_NODE_20], ...real.map((path): [string] => [path])];
}

it.each(oldNodes())('an old Node (%s) is one line that says what to do, exit 2', (command, ...args) => {
  const ended = spawnSync(command, [...args, join(root, 'dist/cli/bin.js'), 'status'], { encoding: 'utf8' });
  expect([ended.status, ended.stdout]).toEqual([2, '']);
  expect(ended.stderr).toMatch(
    /^payrun needs Node 24 or newer; this is \d+\.\d+\.\d+\. .*npm install --global node@24.*\n$/,
  );
});

describe('the packed package, installed into an empty prefix', () => {
  it('pays the sample batch that init writes, and its files name the schemas', () => {
    const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', prefix], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    const tarball = join(prefix, packed.trim().split('\n').at(-1) ?? '');
    execFileSync(
      'npm',
      ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', tarball],
      { cwd: prefix, env, stdio: 'pipe' },
    );

    const payrun = join(prefix, 'bin', 'payrun');
    const init = spawnSync(payrun, ['init', 'demo'], { cwd: prefix, env, encoding: 'utf8' });
    expect(init.stderr).toContain('payrun run batches/');
    expect(init.status).toBe(0);

    const demo = join(prefix, 'demo');
    const config = readFileSync(join(demo, 'payrun.yaml'), 'utf8');
    const schema = /\$schema=(\S+)/.exec(config)?.[1] ?? '';
    expect(existsSync(join(demo, schema))).toBe(true);
    const run = spawnSync(payrun, ['run', 'batches/'], { cwd: demo, env, encoding: 'utf8' });
    expect(run.stderr).not.toContain('refused');
    expect(run.status).toBe(0);
    const report = /Report: (\S+report\.csv)/.exec(run.stdout)?.[1] ?? '';
    expect(readFileSync(report, 'utf8')).toContain(',paid,');

    // A second init must not write over what somebody has changed by now.
    expect(spawnSync(payrun, ['init', 'demo'], { cwd: prefix, env, encoding: 'utf8' }).status).toBe(2);
  }, 180_000);
});
