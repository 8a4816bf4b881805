import { afterEach, describe, expect, it } from 'vitest';
import { Project } from './harness.ts';

let project: Project | null = null;

afterEach(async () => {
  await project?.close();
  project = null;
});

/** Two live accounts whose secrets are in no environment variable, and one that the simulator pays. */
const WITHOUT_SECRETS = `
organisation: acme-ke
accounts:
  demo: { provider: sellapay, endpoint: simulator, currency: KES }
  salaries:
    provider: daraja
    environment: live
    currency: KES
    callback_token: \${SALARIES_TOKEN}
    credentials:
      consumer_key: \${SALARIES_KEY}
      consumer_secret: \${SALARIES_SECRET}
      initiator_name: \${SALARIES_INITIATOR}
      initiator_password: \${SALARIES_PASSWORD}
      certificate: { file: missing.cer }
    options: { shortcode: "600981", command: SalaryPayment }
  wages:
    provider: pesaway
    environment: live
    currency: KES
    callback_token: \${WAGES_TOKEN}
    credentials: { consumer_key: \${WAGES_KEY}, consumer_secret: \${WAGES_SECRET} }
callbacks: { listen: 127.0.0.1:0, public_url: https://pay.example.org }
defaults:
  - { match: "wages*.csv", account: wages }
  - { match: "demo*.csv", account: demo }
  - { match: "*.csv", account: salaries }
`;

const SECRETS = [
  'SALARIES_KEY',
  'SALARIES_SECRET',
  'SALARIES_INITIATOR',
  'SALARIES_PASSWORD',
  'missing.cer',
  'WAGES_KEY',
  'WAGES_SECRET',
];

/** One person; daraja pays no cents. */
function payroll(phone: string): string {
  return `id,name,amount,mobile\nEMP-1,Jane Wanjiku,100,${phone}\n`;
}

/** How often a text holds a word. */
function times(text: string, word: string): number {
  return text.split(word).length - 1;
}

async function withoutSecrets(): Promise<Project> {
  project = await Project.open({ config: WITHOUT_SECRETS });
  for (const n of NUMBERS) {
    await project.write(`batches/staff-${n}.csv`, payroll(`071200${n}009`));
    await project.write(`batches/wages-${n}.csv`, payroll(`072200${n}009`));
  }
  await project.write('batches/demo.csv', payroll('0733000009'));
  return project;
}

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8];
const FILES = [...NUMBERS.flatMap((n) => [`batches/staff-${n}.csv`, `batches/wages-${n}.csv`]), 'batches/demo.csv'];

describe('a fault of an account', () => {
  it.each([[[]], [['--quiet']]])(
    'is told once in a run of many files, with the files that have it too: %j',
    async (flags) => {
      const of = await withoutSecrets();
      const { code, stderr } = await of.run('run', ...FILES, ...flags);
      expect(code).toBe(2);
      expect(await of.report('demo')).toHaveLength(1);
      for (const secret of SECRETS) expect([secret, times(stderr, secret)]).toEqual([secret, 1]);
      expect(stderr).toContain(
        'payrun: 7 files were not worked on for the same reason as batches/staff-1.csv (credential-missing): batches/staff-2.csv, ' +
          'batches/staff-3.csv, batches/staff-4.csv, batches/staff-5.csv, batches/staff-6.csv and 2 more',
      );
      expect(stderr).toContain('for the same reason as batches/wages-1.csv');
    },
  );

  it('stands with every batch of the JSON document', async () => {
    const of = await withoutSecrets();
    const { stdout, stderr } = await of.run('run', ...FILES, '--json');
    const { batches } = JSON.parse(stdout) as { batches: { file: string; notes: string[] }[] };
    const notes = batches.filter(({ file }) => file !== 'batches/demo.csv').map((batch) => batch.notes.join(' '));
    expect(notes).toHaveLength(16);
    expect(notes.every((note) => note.includes('environment variable'))).toBe(true);
    for (const secret of SECRETS) expect([secret, times(stderr, secret)]).toEqual([secret, 1]);
  });

  it('is told by serve for all accounts in one go', async () => {
    const of = await withoutSecrets();
    const { code, stderr } = await of.run('serve');
    expect(code).toBe(2);
    for (const secret of SECRETS) expect([secret, times(stderr, secret)]).toEqual([secret, 1]);
  });

  it('in a setting that several files need is told once, and the others name the first', async () => {
    project = await Project.open({ config: UNREGISTERED });
    for (const n of [1, 2, 3]) {
      const rows = `id,name,amount,bank_code,bank_account,details.street\n1,Mona Adel,10.00,0030,123456789${n},Nile Street 1\n`;
      await project.write(`batches/cairo-${n}.csv`, rows);
    }
    const validated = ['batches/cairo-1.csv', 'batches/cairo-2.csv', 'batches/cairo-3.csv'];
    const { code, stdout } = await project.run('validate', ...validated);
    expect(code).toBe(3);
    expect(times(stdout, 'registration_number')).toBe(1);
    expect(times(stdout, 'the same as of batches/cairo-1.csv.')).toBe(2);
  });
});

/** BitPesa asks for more of a business that sends such a payout than is configured here. */
const UNREGISTERED = `
organisation: acme-ke
accounts:
  cairo:
    provider: bitpesa
    endpoint: simulator
    currency: EGP
    options:
      sender: { type: business, name: Example Ltd, country: KE, trading_country: KE, city: Nairobi, street: Moi Avenue 1, postal_code: "00100", email: pay@example.org, registration_date: "2012-01-25" }
defaults:
  - { match: "*.csv", account: cairo }
`;
