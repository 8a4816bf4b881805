import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { parseHours } from '../../src/config/hours.ts';
import { isPayrunError } from '../../src/domain/problem.ts';
import { folderWith } from './folder.ts';

const account = (lines: string): string =>
  `organisation: acme\naccounts:\n  demo:\n    provider: sellapay\n    endpoint: simulator\n    currency: KES\n${lines}`;

async function loadWith(lines: string, files: Readonly<Record<string, string>> = {}) {
  return loadConfig({ file: null, from: await folderWith({ 'payrun.yaml': account(lines), ...files }) });
}

async function refusalWith(lines: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await folderWith({ 'payrun.yaml': account(lines), ...files });
  try {
    await loadConfig({ file: null, from: folder });
  } catch (error) {
    if (!isPayrunError(error) || error.exit !== 2) throw error;
    return error.message.replaceAll(`${folder}/`, '');
  }
  throw new Error('the configuration was accepted');
}

/** `1 480-1020` for Monday 08:00 to 17:00. */
function shortly(text: string): string {
  const ranges = parseHours(text);
  if (typeof ranges === 'string') throw new Error(ranges);
  return ranges.map(({ weekday, from, to }) => `${weekday} ${from}-${to}`).join(', ');
}

describe('hours', () => {
  it.each([
    ['Mon-Wed 08:00-17:00', '1 480-1020, 2 480-1020, 3 480-1020'],
    ['Mon 08:00-12:00, 13:00-17:00', '1 480-720, 1 780-1020'],
    ['mon 08:00-12:00 13:00-17:00, Saturday 9:00 - 12:00', '1 480-720, 1 780-1020, 6 540-720'],
    ['Mon, Wed 09:00-10:00', '1 540-600, 3 540-600'],
    ['Sat-Mon 09:00-10:00', '0 540-600, 1 540-600, 6 540-600'],
    ['Fri 22:00-04:00', '5 1320-1680'],
    ['Fri 08:00-12:00, Fri 11:00-14:00, Fri 14:00-15:00', '5 480-900'],
    ['00:00-24:00', [0, 1, 2, 3, 4, 5, 6].map((day) => `${day} 0-1440`).join(', ')],
  ])('of %s are read', (text, expected) => {
    expect(shortly(text)).toBe(expected);
  });

  it.each([
    ['Mon-Fry 08:00-17:00', '`Mon-Fry 08:00-17:00` is neither a day nor a time.'],
    ['Mon-Fri', 'Days stand there without times'],
    ['Mon-Fri 8-17', '`8-17` is neither a day nor a time.'],
    ['Mon-Fri 08:00-25:00', '`08:00-25:00` is not a time of a day.'],
    ['Mon-Fri 08:61-17:00', '`08:61-17:00` is not a time of a day.'],
    ['Mon-Fri 08:00-08:00', '`08:00-08:00` is empty.'],
    ['Mon-Fri 24:00-08:00', '`24:00-08:00` begins at 24:00.'],
    ['Mon-Fri 08:00-17:00,', 'There is a comma with nothing beside it.'],
    ['Mondays 08:00-17:00', '`Mondays 08:00-17:00` is neither'],
  ])('of %s are refused with a right line', async (text, message) => {
    const refused = await refusalWith(`    hours: "${text}"\n`);
    expect(refused).toContain(`payrun.yaml:7: accounts.demo.hours: ${message}`);
    expect(refused).toContain('Example: hours: Mon-Fri 08:00-17:00');
  });

  it('may be a list, and have a time zone and a direction of their own', async () => {
    const { accounts } = await loadWith(
      '    hours: [Mon 08:00-17:00, Sat 09:00-12:00]\n    timezone: Africa/Lagos\n    outside_hours: earlier\n',
    );
    expect(accounts.get('demo')?.hours).toEqual({
      timezone: 'Africa/Lagos',
      ranges: [
        { weekday: 1, from: 480, to: 1020 },
        { weekday: 6, from: 540, to: 720 },
      ],
      calendar: null,
      outside: 'earlier',
    });
    expect((await loadWith('')).accounts.get('demo')?.hours).toBeNull();
  });

  it('refuse a direction or a time zone that has nothing beside it, and a time zone that is none', async () => {
    expect(await refusalWith('    outside_hours: earlier\n')).toContain('accounts.demo.outside_hours: It says nothing');
    expect(await refusalWith('    hours: Mon 08:00-17:00\n    timezone: Lagos\n')).toContain('`Lagos` is not an IANA');
  });
});

describe('a file of holidays', () => {
  const HOLIDAYS = '    holidays: days/ke.txt\n';

  it('is read from the folder of the configuration, with comments and empty lines', async () => {
    const text = '\uFEFF# Kenya\n\n2026-12-25 Christmas Day # every year\r\n2027-01-01\n';
    const { accounts } = await loadWith(HOLIDAYS, { 'days/ke.txt': text });
    const hours = accounts.get('demo')?.hours;
    expect([...(hours?.calendar?.days ?? [])]).toEqual([
      ['2026-12-25', 'Christmas Day'],
      ['2027-01-01', ''],
    ]);
    expect(hours?.calendar?.years).toEqual([2026, 2027]);
    expect(hours?.ranges).toHaveLength(7);
  });

  it('is refused by file and line, all faults at once', async () => {
    const text = '2026-12-25 Christmas\nBoxing Day 2026-12-26\n2026-02-30 Never\n2026-12-25 Again\n';
    const refused = await refusalWith(HOLIDAYS, { 'days/ke.txt': text });
    expect(refused).toContain(
      'payrun.yaml:7: accounts.demo.holidays: days/ke.txt:2: `Boxing Day 2026-12-26` does not begin',
    );
    expect(refused).toContain('days/ke.txt:3: `2026-02-30 Never` does not begin with a date such as 2026-12-25.');
    expect(refused).toContain('days/ke.txt:4: 2026-12-25 stands on line 1 already. Keep one.');
  });

  it('must be there and name a day', async () => {
    expect(await refusalWith(HOLIDAYS)).toContain('accounts.demo.holidays: days/ke.txt is not there. Write one line');
    expect(await refusalWith(HOLIDAYS, { 'days/ke.txt': '# none\n' })).toContain('days/ke.txt names no holiday.');
  });
});

it('on_short is hold unless the account says otherwise', async () => {
  expect((await loadWith('')).accounts.get('demo')?.onShort).toBe('hold');
  expect((await loadWith('    on_short: priority\n')).accounts.get('demo')?.onShort).toBe('priority');
  expect(await refusalWith('    on_short: pay\n')).toContain('payrun knows: hold, priority.');
});
