import { CHANGE_KINDS, type ChangeKind, type ComparedPayroll } from '../domain/changes.ts';

/** What a kind is called when it is counted: one, several. */
const KIND_WORDS: Readonly<Record<ChangeKind, readonly [string, string]>> = {
  joiner: ['joiner', 'joiners'],
  leaver: ['leaver', 'leavers'],
  id: ['changed id', 'changed ids'],
  amount: ['amount', 'amounts'],
  destination: ['new destination', 'new destinations'],
  shared_destination: ['shared destination', 'shared destinations'],
  repeated_person: ['repeated person', 'repeated people'],
  moved_money: ['sum with money moved', 'sums with money moved'],
};

/** `since salaries-2026-10: 2 joiners, 1 new destination`; nothing where the file was compared with nothing and nothing was found. */
export function changesText({ against, changes, unlisted }: ComparedPayroll): readonly string[] {
  const counts = CHANGE_KINDS.flatMap((kind) => {
    const count = changes.filter((change) => change.kind === kind).length + (unlisted.get(kind) ?? 0);
    return count === 0 ? [] : [`${count} ${KIND_WORDS[kind][count === 1 ? 0 : 1]}`];
  });
  if (against.length === 0) return counts.length === 0 ? [] : [counts.join(', ')];
  return [`since ${against.join(', ')}: ${counts.length === 0 ? 'none' : counts.join(', ')}`];
}
