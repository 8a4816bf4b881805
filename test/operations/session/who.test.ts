import { expect, it } from 'vitest';
import { actingAs } from '../../../src/operations/session/who.ts';

const contextOf = (user: string, typed: string | null) => ({
  system: { who: { user, host: 'office', pid: 7 } },
  watch: { askText: () => Promise.resolve(typed) },
});

const acting = async (user: string, by: string | null, typed: string | null = null) =>
  (await actingAs(contextOf(user, typed), by)).system.who.user;

it('the login name acts, unless --by names somebody else', async () => {
  expect(await acting('asha', null)).toBe('asha');
  expect(await acting('asha', ' Njeri Mwangi ')).toBe('Njeri Mwangi');
  expect(await acting('root', 'Njeri')).toBe('Njeri');
});

it('root is asked for a name, and refused without a terminal', async () => {
  expect(await acting('root', null, 'Njeri')).toBe('Njeri');
  await expect(acting('root', null)).rejects.toMatchObject({
    exit: 2,
    message: expect.stringContaining('--by NAME') as string,
  });
  await expect(acting('root', null, '')).rejects.toMatchObject({ exit: 2 });
});

it('a name has a letter, one line and a bounded length', async () => {
  for (const name of ['', '…', '12', 'a\nb', 'x'.repeat(65)]) {
    await expect(acting('asha', name)).rejects.toMatchObject({ exit: 2, code: 'person-name' });
  }
});
