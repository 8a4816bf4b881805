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

describe('the packed package', () => {
  it('holds every file that its README links to', () => {
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    const isInside = (link: string): boolean => paths.some((path) => path === link || path.startsWith(`${link}/`));
    const links = linksOf('README.md');
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !isInside(link))).toEqual([]);
  }, 60_000);
});

/** The relative links of a document, as paths from the root of the package. */
function linksOf(document: string): readonly string[] {
  const text = readFileSync(join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/i.test(link))
    .map((link) => join(dirname(document), link).replace(/\/$/, ''));
}

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
