import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { CONFIG_TEXT } from '../../src/config/init-files.ts';
import { parsedPlaces } from '../../src/config/parsed-places.ts';
import { peekConfig } from '../../src/config/peek.ts';
import { isPayrunError } from '../../src/domain/problem.ts';
import { DEMO, folderWith } from './folder.ts';

describe('peeking at a configuration', () => {
  it('finds in a plain file what loading it finds', async () => {
    const folder = await folderWith({ 'payrun.yaml': CONFIG_TEXT, 'below/x': '' });
    const { file, digest, timezone, ledger, batches, reports, state } = await loadConfig({ file: null, from: folder });
    expect(await peekConfig({ file: null, from: join(folder, 'below') })).toEqual({
      ...{ file, folder, digest, timezone, ledger, batches, reports, state, mayMovePaid: false, hasSeries: false },
    });
  });

  it.each([
    ['after_paid: move\n', true],
    ['defaults:\n  - match: "*.csv"\n    after_paid: move\n', true],
    ['# after_paid: move\n', false],
    ['', false],
  ])('knows whether paid files may be moved: %j', async (text, mayMovePaid) => {
    const folder = await folderWith({ 'payrun.yaml': `organisation: acme\n${text}` });
    expect(await peekConfig({ file: null, from: folder })).toMatchObject({ mayMovePaid });
  });

  it('reads through comments, apostrophes in them, quotes, brackets and lists that are closed on their line', async () => {
    const text = `# it's (…) [ "
organisation: acme # it's
ledger: sqlite:a.db   # later: "b
accounts:
  demo:              # the provider's host {
    { provider: sellapay, endpoint: simulator, currency: KES }
defaults:
- match: "*.csv"
  columns: { id: "Employee #", amount: 'Net' }
`;
    const folder = await folderWith({ 'payrun.yaml': text });
    expect((await peekConfig({ file: null, from: folder }))?.ledger).toBe(`sqlite:${join(folder, 'a.db')}`);
    expect((await loadConfig({ file: null, from: folder })).ledger).toBe(`sqlite:${join(folder, 'a.db')}`);
  });

  it.each([
    ['a quoted key', `${DEMO}"ledger": sqlite:b.db\n`],
    ['a quoted value', `${DEMO}ledger: "sqlite:b.db"\n`],
    ['a value on the next line', `${DEMO}ledger:\n  sqlite:b.db\n`],
    ['a value that goes on', `${DEMO}ledger: sqlite:b\n  c.db\n`],
    ['a bracket that stays open', `${DEMO}callbacks: {\n  listen: 127.0.0.1:1 }\n`],
    ['an inner bracket that stays open', `${DEMO}defaults:\n  - { match: a.csv,\n    narrative: x }\n`],
    ['a block of text', `${DEMO}defaults:\n  - match: a.csv\n    narrative: |\n      ledger\n`],
    ['a document mark', `---\n${DEMO}`],
    ['a key that is not known', `${DEMO}ledgr: sqlite:b.db\n`],
    ['a tab', `${DEMO}ledger: sqlite:b.db\t# x\n`],
    ['a lone carriage return', `${DEMO}ledger: sqlite:b.db\rreports: x\n`],
    ['another store', `${DEMO}ledger: postgres://db/x\n`],
  ])('leaves %s to the full reader', async (_what, text) => {
    expect(await peekConfig({ file: null, from: await folderWith({ 'payrun.yaml': text }) })).toBeNull();
  });

  it.each([
    ['another store', 'ledger: postgres://db/x\n'],
    ['what is no YAML', 'ledger: "sqlite:b.db\n'],
    ['an anchor', 'reports: &r out\n'],
    ['a key that stands twice', 'reports: a\n"reports": b\n'],
  ])('has no answer for %s', async (_what, text) => {
    const folder = await folderWith({ 'payrun.yaml': `${DEMO}${text}` });
    expect(parsedPlaces({ file: null, from: folder })).toBeNull();
  });

  it('finds in quotes and flow maps what loading finds, and whether paid files may be moved', async () => {
    const text =
      '{ organisation: acme, "ledger": "sqlite:b.db", reports: \'out\', accounts: { demo: {\n' +
      ' provider: sellapay, endpoint: simulator, currency: KES } }, defaults: [ { match: "*", after_paid: leave } ] }\n';
    const folder = await folderWith({ 'payrun.yaml': text });
    const { file, digest, timezone, ledger, batches, reports, state } = await loadConfig({ file: null, from: folder });
    expect(parsedPlaces({ file: null, from: folder })).toEqual({
      ...{ file, folder, digest, timezone, ledger, batches, reports, state, mayMovePaid: true, hasSeries: false },
    });
  });

  it('never disagrees with loading an accepted file', async () => {
    const folder = await folderWith({});
    const file = join(folder, 'payrun.yaml');
    // Lines and line ends that matter to YAML, mixed in any order around an acceptable core.
    const line = fc.constantFrom(
      ...[
        'ledger: sqlite:a.db',
        'ledger: "sqlite:b.db"',
        'ledger:',
        '  sqlite:c.db',
        'batches: in',
        "batches: 'in",
        "  x'",
      ],
      ...[
        'reports: out',
        'reports: out # c',
        'reports: out#c',
        " # it's",
        '# "',
        '"reports": other',
        'reports : spaced',
      ],
      ...['defaults:', '- match: a.csv', '  - match: "b.csv"', '  narrative: |', '    ledger: sqlite:d.db', '    text'],
      ...[
        '  - { match: c.csv, narrative: "x',
        'ledger: sqlite:e.db"',
        '    ledger: sqlite:f.db" }',
        '  narrative: >-',
        '',
      ],
      ...[
        'timezone: UTC',
        '  columns: { id: A,',
        '    name: "B" }',
        '...',
        '---',
        'callbacks: {',
        '}',
        '? ledger',
        ': sqlite:g.db',
      ],
      ...['series:', '  s: { every: "0 6 25 * *", template: a.csv }'],
    );
    let [peeked, parsed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 7 }),
        fc.nat(3),
        fc.constantFrom('\n', '\r\n'),
        async (lines, at, end) => {
          const core = DEMO.trimEnd().split('\n');
          const text = [...lines.slice(0, at), ...core, ...lines.slice(at)].join(end);
          await writeFile(file, text);
          const plain = await peekConfig({ file, from: folder });
          const peek = plain ?? parsedPlaces({ file, from: folder });
          if (peek === null) return;
          let config;
          try {
            config = await loadConfig({ file, from: folder });
          } catch (error) {
            // Nobody peeks at what was not accepted before.
            if (isPayrunError(error)) return;
            throw error;
          }
          if (plain === null) parsed += 1;
          else peeked += 1;
          const { digest, timezone, ledger, batches, reports, state } = config;
          const places = { file, folder, digest, timezone, ledger, batches, reports, state };
          expect(peek).toEqual({ ...places, mayMovePaid: false, hasSeries: config.series.size > 0 });
        },
      ),
      { numRuns: 400 },
    );
    expect(peeked).toBeGreaterThan(10);
    expect(parsed).toBeGreaterThan(10);
  });

  it('loads neither a YAML parser nor a schema compiler', () => {
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const { peekConfig } = await import(${JSON.stringify(new URL('../../src/config/peek.ts', import.meta.url).href)});
      await peekConfig({ file: null, from: '/' }).catch(() => null);
      console.log(JSON.stringify(loaded));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    const loaded = JSON.parse(printed) as string[];
    expect(loaded.some((url) => url.endsWith('/peek.ts'))).toBe(true);
    expect(loaded.filter((url) => url.includes('node_modules'))).toEqual([]);
  });
});
