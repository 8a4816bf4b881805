import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { STATUSES, MOVES } from '../src/domain/status.ts';

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'docs/glossary.md',
  ...readdirSync('docs/providers').map((name) => join('docs/providers', name)),
  ...readdirSync('src/providers').flatMap((name) => {
    const readme = join('src/providers', name, 'README.md');
    return existsSync(readme) ? [readme] : [];
  }),
];

it.each(DOCUMENTS)('every relative link of %s leads to a file', (document) => {
  const text = readFileSync(document, 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(document), link)));
  expect(broken).toEqual([]);
});

it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/glossary.md'])('every path that %s names is there', (document) => {
  const text = readFileSync(document, 'utf8').replace(/^.*\(planned\).*$/gm, '');
  const paths = [...text.matchAll(/`((?:src|test|docs|schemas|scripts)\/[A-Za-z0-9_./-]+)`/g)].map(
    ([, path = '']) => path,
  );
  expect(paths.length).toBeGreaterThan(0);
  // NAME and <name> stand for any provider or command.
  expect(paths.filter((path) => !path.includes('NAME') && !existsSync(path))).toEqual([]);
});

it('every document that a comment of the code cites is there, with its section', () => {
  const cited = new Map<string, string>();
  for (const name of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join('src', name), 'utf8').replace(/\n\s*(\/\/|\*) ?/g, ' ');
    for (const [, document = '', section] of text.matchAll(
      /(docs\/[a-z/-]+\.md)(?:,? sections? ([0-9]+(?:\.[0-9]+)?))?/g,
    )) {
      cited.set(`${document} ${section ?? ''}`.trim(), name);
    }
  }
  expect(cited.size).toBeGreaterThan(5);
  const missing = [...cited].filter(([citation]) => {
    const [document = '', section] = citation.split(' ');
    if (!existsSync(document)) return true;
    return (
      section !== undefined &&
      !new RegExp(`^#+ ${section.replace('.', '\\.')}\\.? `, 'm').test(readFileSync(document, 'utf8'))
    );
  });
  expect(missing).toEqual([]);
});

it('the glossary shows every status with the moves that the ledger allows', () => {
  const glossary = readFileSync('docs/glossary.md', 'utf8');
  for (const status of STATUSES) {
    const row = new RegExp(`^\\| \`${status}\` \\|[^|]*\\|([^|]*)\\|`, 'm').exec(glossary)?.[1] ?? 'no row';
    const moves = row
      .replace(/\([^)]*\)/g, '')
      .split(',')
      .map((word) => word.trim());
    expect([status, moves.filter((word) => word !== '–').sort()]).toEqual([status, [...MOVES[status]].sort()]);
  }
});
