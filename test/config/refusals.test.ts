import { describe, expect, it } from 'vitest';
import { DEMO, load, refusal } from './folder.ts';

/** One account with one line of it changed. */
const account = (lines: string): string => `organisation: acme\naccounts:\n  demo:\n    provider: sellapay\n${lines}`;
const SIMULATED = '    endpoint: simulator\n    currency: KES\n';

describe('all problems of a configuration', () => {
  it('are reported at once, in the order of the file, each with its line', async () => {
    const problems = await refusal(`organisatoin: acme
timezone: Nairobi
duplicate_window: 20 days
accounts:
  demo:
    provider: sellapy
    endpoint: simulator
    currency: kes
  other:
    provider: sellapay
    curency: KES
    limits: { rate: [5/s, 5], concurrency: 0 }
defaults:
  - match: "*.csv"
    account: dem
`);
    const lines = problems.split('\n');
    const where = lines.slice(1).map((line) => line.slice(0, line.indexOf(': ')));
    expect(where).toEqual([1, 2, 3, 6, 8, 9, 9, 11, 12, 12, 15].map((line) => `payrun.yaml:${line}`));
    expect(lines[0]).toBe(`The configuration has ${where.length} problems:`);
  });
});

describe('a key that payrun does not know', () => {
  it.each([
    ['organisation: a\nacounts: {}\n', 2, 'Did you mean `accounts`?'],
    [`${DEMO}duplicateWindow: 3d\n`, 4, 'Did you mean `duplicate_window`?'],
    [account(`${SIMULATED}    options: { fieldDialect: seed }\n`), 7, 'Did you mean `field_dialect`?'],
    [account(`${SIMULATED}    limits: { zzz: 1 }\n`), 7, 'There are: rate, concurrency, max_amount.'],
    [`${DEMO}defaults:\n  - mach: "*.csv"\n`, 5, 'Did you mean `match`?'],
  ])('is refused with the nearest one (%#)', async (text, line, advice) => {
    const problems = await refusal(text);
    expect(problems).toContain(advice);
    expect(problems).toContain(`payrun.yaml:${line}: `);
  });
});

describe('what YAML can do and a configuration must not', () => {
  it.each([
    ['an anchor', 'organisation: &a acme\naccounts: {}\n', 1, 'Anchors'],
    ['an alias', `${DEMO}reports: *x\n`, 4, 'Anchors'],
    ['an anchor on a mapping', 'organisation: a\naccounts: &x\n  demo: {}\n', 3, 'Anchors'],
    ['a merge key', 'organisation: a\naccounts:\n  demo:\n    <<: { provider: sellapay }\n', 4, 'Merge keys'],
    ['a tag', 'organisation: !!str acme\naccounts: {}\n', 1, 'Tags'],
    ['a tag on a key', '!!str organisation: acme\naccounts: {}\n', 1, 'Tags'],
    ['a key twice', `${DEMO}organisation: b\n`, 4, 'twice'],
    ['a second document', `${DEMO}---\norganisation: b\n`, 4, 'several YAML documents'],
    ['a tab', 'organisation: a\naccounts:\n\tdemo: {}\n', 3, 'tab'],
    ['a list where a mapping belongs', '- organisation: a\n', 1, 'mapping'],
    ['a mapping as key', 'organisation: a\n? { a: b }\n: c\n', 2, 'plain text'],
    ['nothing', '# nothing\n', 1, 'says nothing'],
    ['an open quote', 'organisation: "a\naccounts: {}\n', 0, 'not YAML'],
  ])('%s is refused', async (_what, text, line, message) => {
    const problems = await refusal(text);
    expect(problems).toContain(message);
    if (line > 0) expect(problems).toContain(`payrun.yaml:${line}: `);
  });

  it('does not let __proto__ become the prototype of anything', async () => {
    expect(await refusal(`${DEMO}__proto__: { reports: / }\n`)).toContain('payrun.yaml:4: A key must be plain text.');
  });
});

describe('a secret', () => {
  it('that stands in the file is refused and not repeated', async () => {
    const problems = await refusal(
      account(
        `    endpoint: https://pay.example.org\n    currency: KES\n    credentials: { api_key: hunter2, api_secret: \${B} }\n`,
      ),
    );
    expect(problems).toContain('payrun.yaml:7: accounts.demo.credentials.api_key');
    expect(problems).toContain('${NAME}');
    expect(problems).toContain('{ file: path }');
    expect(problems).not.toContain('hunter2');
  });

  it.each(['Bearer ${KEY}', '${KEY}x', '$KEY', '${}', '${1A}'])(
    'is a whole variable and nothing else: %s',
    async (text) => {
      const problems = await refusal(
        account(
          `    endpoint: https://pay.example.org\n    currency: KES\n    credentials: { api_key: "${text}", api_secret: \${B} }\n`,
        ),
      );
      expect(problems).toContain('must not stand in the file');
    },
  );

  it('is asked for wherever real requests are sent, and not by the simulator', async () => {
    expect(await refusal(account('    environment: live\n    currency: KES\n'))).toContain('lacks `credentials`');
    const half = '    environment: live\n    currency: KES\n    credentials: { api_key: ${A} }\n';
    expect(await refusal(account(half))).toContain('lacks `api_secret`');
    expect((await load(account(SIMULATED))).accounts.get('demo')?.credentials).toEqual({});
  });

  it('is not looked for outside of credentials', async () => {
    expect(await refusal(`${DEMO}reports: \${REPORTS}\n`)).toContain(
      'payrun.yaml:4: reports: ${…} is read under credentials only',
    );
  });
});

describe('an endpoint', () => {
  const withEndpoint = (endpoint: string): string =>
    account(`    endpoint: ${endpoint}\n    currency: KES\n    credentials: { api_key: \${A}, api_secret: \${B} }\n`);

  it.each([
    ['https://pay.example.org/api/v1', 'https://pay.example.org/api/v1'],
    ['https://pay.example.org/api/v1///', 'https://pay.example.org/api/v1'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.9.9.9:1/x', 'http://127.9.9.9:1/x'],
    ['http://localhost:1', 'http://localhost:1'],
    ['"http://[::1]:1/"', 'http://[::1]:1'],
    ['simulator', 'simulator'],
  ])('%s is taken', async (endpoint, read) => {
    expect((await load(withEndpoint(endpoint))).accounts.get('demo')?.endpoint).toBe(read);
  });

  it.each([
    ['http://pay.example.org', 'https only'],
    ['http://127.0.0.1.example.org', 'https only'],
    ['http://localhost.example.org', 'https only'],
    ['http://10.0.0.1', 'https only'],
    ['ftp://pay.example.org', 'https://'],
    ['pay.example.org', 'https://'],
    ['https://user:s3cret@pay.example.org', 'user name or password'],
    ['https://pay.example.org/?key=1', 'Remove what follows'],
    ['https://', 'not an address'],
  ])('%s is refused', async (endpoint, message) => {
    const problems = await refusal(withEndpoint(endpoint));
    expect(problems).toContain('payrun.yaml:5: accounts.demo.endpoint');
    expect(problems).toContain(message);
    expect(problems).not.toContain('s3cret');
  });

  it('or an environment has to be named: nothing goes to a live host by omission', async () => {
    expect(
      await refusal(account('    currency: KES\n    credentials: { api_key: ${A}, api_secret: ${B} }\n')),
    ).toContain('does not say where to send');
  });
});

describe('a value', () => {
  it.each([
    [
      'an unknown provider',
      'organisation: a\naccounts:\n  x: { provider: paypal, endpoint: simulator, currency: KES }\n',
      'payrun knows: sellapay',
    ],
    [
      'a callback source that is no address',
      account(`${SIMULATED}    callback_sources: [10.0.0.0/40]\n`),
      'write IP addresses or networks',
    ],
    [
      'a public address that is not private',
      `${DEMO}callbacks: { public_url: "http://pay.example.org" }\n`,
      'https only',
    ],
    [
      'one callback token for two accounts',
      `organisation: a\naccounts:\n${['x', 'y'].map((name) => `  ${name}: { provider: sellapay, endpoint: simulator, currency: KES, callback_token: ${'a'.repeat(32)} }\n`).join('')}`,
      'Give each account a token of its own',
    ],
    ['an unknown currency', account('    endpoint: simulator\n    currency: ZZZ\n'), 'does not know the currency ZZZ'],
    ['an unknown environment', account(`${SIMULATED}    environment: prod\n`), 'payrun knows: sandbox, live'],
    ['a server as ledger', `${DEMO}ledger: postgres://u:pw@db/x\n`, 'not available yet'],
    ['a ledger in memory', `${DEMO}ledger: "sqlite::memory:"\n`, 'sqlite:PATH'],
    ['a made-up time zone', `${DEMO}timezone: Mars/Base\n`, 'IANA'],
    ['an offset as time zone', `${DEMO}timezone: "+03:00"\n`, 'IANA'],
    ['a duration without a unit', `${DEMO}duplicate_window: 20\n`, 'with its unit'],
    ['an absurd duration', `${DEMO}duplicate_window: 999999999d\n`, 'ten years'],
    ['a rate without a window', account(`${SIMULATED}    limits: { rate: 5 }\n`), '5/s, 90/min'],
    ['an empty list of rates', account(`${SIMULATED}    limits: { rate: [] }\n`), 'empty'],
    ['no concurrency', account(`${SIMULATED}    limits: { concurrency: 0 }\n`), '1 to 999'],
    ['an amount with separators', account(`${SIMULATED}    limits: { max_amount: "250,000" }\n`), 'Write an amount'],
    ['an amount of nothing', account(`${SIMULATED}    limits: { max_amount: 0.00 }\n`), 'no payment'],
    [
      'decimals that the currency lacks',
      account(`${SIMULATED}    limits: { max_amount: "1.005" }\n`),
      'has 2 decimals',
    ],
    ['an empty amount', account(`${SIMULATED}    limits: { max_amount: }\n`), 'Write an amount'],
    ['a timeout of nothing', account(`${SIMULATED}    options: { payout_timeout: 0s }\n`), 'with its unit'],
    [
      'a timeout that no timer can hold',
      account(`${SIMULATED}    options: { payout_timeout: 9999h }\n`),
      'at most 99h',
    ],
    ['a default of no account', `${DEMO}defaults: [{ match: x.csv, account: dmeo }]\n`, 'Did you mean `demo`?'],
    ['a column of no field', `${DEMO}defaults: [{ match: x.csv, columns: { phone: Phone } }]\n`, 'Fields are id'],
    ['a pattern with a folder', `${DEMO}defaults: [{ match: a/*.csv }]\n`, 'without folders'],
    ['a made-up number format', `${DEMO}defaults: [{ match: x.csv, number_format: "1'250.50" }]\n`, '1,250.50'],
    ['a short callback token', account(`${SIMULATED}    callback_token: short\n`), '32 or more'],
    ['an account that is text', 'organisation: a\naccounts: { x: y }\n', 'must be a mapping'],
    ['an organisation with a space', 'organisation: a b\naccounts: {}\n', '1 to 64'],
    [
      'an approval rule behind one that fits everything',
      `${DEMO}approvals: { signers: s, rules: [{ signatures: 1 }, { above: { KES: 10 }, signatures: 2 }] }\n`,
      'approvals.rules.1 is never reached: rule 0 fits every batch',
    ],
    [
      'an approval rule about money that nobody pays',
      `${DEMO}approvals: { signers: s, rules: [{ above: { UGX: 10 }, signatures: 2 }] }\n`,
      'no account pays UGX',
    ],
    ['a rule of no signature', `${DEMO}approvals: { signers: s, rules: [{ signatures: 0 }] }\n`, 'from 1 to 9'],
    ['approvals without rules', `${DEMO}approvals: { signers: s, rules: [] }\n`, 'approvals.rules'],
    ['approvals without signers', `${DEMO}approvals: { rules: [{ signatures: 1 }] }\n`, 'signers'],
    ['no accounts', 'organisation: a\naccounts: {}\n', 'accounts is empty'],
  ])('%s is refused', async (_what, text, message) => {
    expect(await refusal(text)).toContain(message);
  });
});
