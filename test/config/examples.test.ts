import { describe, expect, it } from 'vitest';
import { ConfigExamples } from '../../src/config/examples.ts';
import { readSchema, type SchemaNode } from '../../src/documents/schema-report.ts';
import { DEMO, load, refusal } from './folder.ts';

const PROVIDERS = ['sellapay', 'pesaway', 'bitpesa', 'mpesa-openapi', 'daraja'] as const;

/** Paths of all settings of a part of the schema, with `x` for a name that a person chooses. */
function pathsIn(node: SchemaNode, definitions: Readonly<Record<string, SchemaNode>>, path: string[]): string[][] {
  const { $ref, properties, items } = node;
  const below =
    typeof $ref === 'string' ? pathsIn(definitions[$ref.slice('#/$defs/'.length)] ?? {}, definitions, path) : [];
  const named = Object.entries((properties ?? {}) as Record<string, SchemaNode>).flatMap(([key, child]) => [
    [...path, key],
    ...pathsIn(child, definitions, [...path, key]),
  ]);
  const listed = items === undefined ? [] : pathsIn(items as SchemaNode, definitions, [...path, '0']);
  return [...below, ...named, ...listed];
}

describe('the example of a right line', () => {
  it.each(PROVIDERS)('is there for every setting of an account at %s', async (provider) => {
    const schema = await readSchema('config.schema.json');
    const definitions = schema['$defs'] as Readonly<Record<string, SchemaNode>>;
    const examples = await ConfigExamples.open({ accounts: { demo: { provider } } });
    const own = provider.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const paths = [
      ...pathsIn(schema, definitions, []),
      ...pathsIn(definitions['account'] ?? {}, definitions, ['accounts', 'demo']),
      ...pathsIn(definitions[own] ?? {}, definitions, ['accounts', 'demo']),
    ];
    expect(paths.length).toBeGreaterThan(50);
    const without = paths.filter((path) => examples.lineFor(path) === null);
    expect(without).toEqual([]);
  });

  it.each([
    [['organisation'], 'organisation: acme-ke'],
    [['accounts', 'demo', 'limits', 'rate'], 'rate: 5/s'],
    [['accounts', 'demo', 'limits', 'max_amount'], 'max_amount: "250000"'],
    [['accounts', 'demo', 'limits', 'concurrency'], 'concurrency: 4'],
    [['accounts', 'demo', 'credentials'], 'credentials: { api_key: ${DEMO_API_KEY}, api_secret: ${DEMO_API_SECRET} }'],
    [['accounts', 'demo', 'credentials', 'api_key'], 'api_key: ${DEMO_API_KEY}'],
    [['defaults', '0', 'match'], 'match: "*.csv"'],
    [['duplicate_window'], 'duplicate_window: 20d'],
  ])('of %j is %s', async (path, line) => {
    const examples = await ConfigExamples.open({ accounts: { demo: { provider: 'sellapay' } } });
    expect(examples.lineFor(path)).toBe(line);
  });

  it('is one that payrun takes', async () => {
    const config = await load(`${DEMO}duplicate_window: 20d
defaults: [{ match: "*.csv", account: demo }]
callbacks: { listen: 127.0.0.1:8787, public_url: https://pay.example.org }
`);
    expect(config.defaults).toHaveLength(1);
  });

  it('keeps what was right in the line', async () => {
    const problems = await refusal(
      'organisation: acme\naccounts:\n  demo: { provider: sellapay, enviroment: live, currency: KES, credentials: { api_key: "${A}", api_secret: "${B}" } }\n',
    );
    expect(problems).toContain('Did you mean `environment`? Example: environment: live');
  });

  it('never repeats a secret that stands under a misspelt key', async () => {
    const problems = await refusal(
      'organisation: acme\naccounts:\n  demo: { provider: sellapay, environment: live, currency: KES, credentials: { api_kye: hunter2, api_secret: "${B}" } }\n',
    );
    expect(problems).toContain('Did you mean `api_key`? Example: api_key: ${DEMO_API_KEY}');
    expect(problems).not.toContain('hunter2');
  });
});

describe('a misspelt key', () => {
  it('hides nothing that stands below it, and is told once', async () => {
    const problems = await refusal(`organisation: acme
acounts:
  demo:
    provider: sellapay
    enviroment: live
    currency: kes
    credentials: { api_key: \${A}, api_secret: \${B} }
    limit: { rate: 5 }
defaults:
  - { match: "*.csv", account: dmeo }
`);
    expect(
      problems.split('\n').map((line) => line.replace(/^payrun\.yaml:(\d+): (.*?)\.? Example: .*$/, '$1 $2')),
    ).toEqual([
      'The configuration has 6 problems:',
      '2 `acounts` is not a key of payrun. Did you mean `accounts`?',
      '5 `accounts.demo.enviroment` is not a key of payrun. Did you mean `environment`?',
      '6 accounts.demo.currency: Write three capital letters, such as KES',
      '8 `accounts.demo.limit` is not a key of payrun. Did you mean `limits`?',
      '8 accounts.demo.limits.rate: Write a rate such as 5/s, 90/min or 1000/h, or a list of them',
      '10 defaults.0.account names the account `dmeo`, which accounts: lacks. Did you mean `demo`?',
    ]);
  });

  it('of nothing that is near is one fault, whatever stands below it', async () => {
    const problems = await refusal(`${DEMO}extras:\n  - { key: "\${KEY}", account: nobody }\n`);
    expect(problems.split('\n')).toHaveLength(1);
    expect(problems).toContain('`extras` is not a key of payrun. There are: organisation, ');
  });

  it('is the part of an amount behind its comma', async () => {
    const problems = await refusal(
      'organisation: acme\naccounts:\n  demo: { provider: sellapay, endpoint: simulator, currency: KES, limits: { max_amount: 250,000 } }\n',
    );
    expect(problems).toContain('A comma ends a value: write the number without it. Example: max_amount: "250000"');
  });
});

describe('YAML that cannot be read', () => {
  it.each([
    ['currency:KES', 'A key needs a colon and a space behind it'],
    ['currency: "KES', 'A quote is opened and not closed'],
    ['currency: KES: x', 'Two colons stand on one line'],
    [' currency: KES', 'Two colons stand on one line, or the line begins further right'],
    ['x: 1\n   currency: KES', 'The line does not begin in the same column'],
    ['limits: { rate: 5/s', 'A { or [ is opened and not closed'],
    ['currency: @KES', 'A text that begins with @'],
  ])('is told in plain words: %s', async (line, words) => {
    const problems = await refusal(
      `organisation: acme\naccounts:\n  demo:\n    provider: sellapay\n    endpoint: simulator\n    ${line}\n`,
    );
    expect(problems).toContain(`This is not YAML: ${words}`);
  });

  it('has each line with a tab named', async () => {
    const problems = await refusal(
      'organisation: acme\naccounts:\n\tdemo:\n\t\tprovider: sellapay\n\t\tcurrency: KES\n',
    );
    expect(problems).toContain('payrun.yaml:3: ');
    expect(problems).toContain('tab');
  });
});
