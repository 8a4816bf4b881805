import { expect, it } from 'vitest';
import { Project } from './harness.ts';

const FAULTY = `organisation: acme ke
ledger: payrun.db
timezone: Nairobi
accounts:
  demo:
    provider: sellapy
    endpoint: simulator
    currency: Ksh
    limits: { rate: 5, concurrency: many }
default:
  - match: "*.csv"
    acount: demo
    columns: { id: Employee No, ammount: Net pay }
    values: { bank_code: { Equity Bank: "" } }
`;

it.each([
  ['validate', 'x.csv'],
  ['plan', 'x.csv'],
  ['run', 'batches'],
  ['settle'],
  ['status'],
  ['serve'],
  ['accounts'],
])('a faulty configuration is told whole and once by %s', async (...args) => {
  const project = await Project.open({ config: FAULTY });
  try {
    const { code, stdout, stderr } = await project.run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const [head, ...lines] = stderr.trim().split('\n');
    expect(head).toBe('payrun: The configuration has 11 problems:');
    const places = lines.map((line) => Number(/payrun\.yaml:(\d+): /.exec(line)?.[1]));
    expect(places).toEqual([1, 2, 3, 6, 8, 9, 9, 10, 12, 13, 14]);
    expect(lines.filter((line) => !/ Example: \S+: \S/.test(line))).toEqual([]);
    expect(new Set(lines).size).toBe(11);
  } finally {
    await project.close();
  }
});

it('a value that no bank of the account has is told with its line', async () => {
  const config = `organisation: acme-ke
accounts:
  demo: { provider: pesaway, endpoint: simulator, currency: KES }
defaults:
  - match: "*.csv"
    account: demo
    values:
      currency: { Shilling: KSH }
`;
  const project = await Project.open({ config });
  try {
    const { code, stderr } = await project.run('status');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/payrun\.yaml:8: defaults\.0\.values\.currency/)]);
  } finally {
    await project.close();
  }
});
