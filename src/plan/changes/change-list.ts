import {
  CHANGE_KINDS,
  type ChangeKind,
  type ChangePolicy,
  type ChangeSetting,
  type ChangeSettings,
  type PayrollChange,
} from '../../domain/changes.ts';

/** So many changes of a kind are listed; more are counted, so that the memory is not filled. */
const LISTED = 20_000;

const SETTING_OF: Readonly<Record<Exclude<ChangeKind, 'id'>, ChangeSetting>> = {
  joiner: 'joiners',
  leaver: 'leavers',
  amount: 'amount',
  destination: 'destination',
  shared_destination: 'shared_destination',
  repeated_person: 'repeated_person',
  moved_money: 'moved_money',
};

/** The setting that says what is to happen on a kind of change, as messages name it. */
export function settingOf(kind: ChangeKind): string {
  return `changes.${kind === 'id' ? 'joiners' : SETTING_OF[kind]}`;
}

/** A changed id is no joiner and no leaver: it is named wherever one of these is, and refuses nothing. */
export function policyOf({ policies }: ChangeSettings, kind: ChangeKind): ChangePolicy {
  if (kind !== 'id') return policies[SETTING_OF[kind]];
  return policies.joiners === 'ignore' && policies.leavers === 'ignore' ? 'ignore' : 'warn';
}

/** Collects changes, as far as the settings want to know of them. */
export class ChangeList {
  private readonly settings: ChangeSettings;
  private readonly byKind = new Map<ChangeKind, PayrollChange[]>();
  readonly unlisted = new Map<ChangeKind, number>();

  constructor(settings: ChangeSettings) {
    this.settings = settings;
  }

  wants(kind: ChangeKind): boolean {
    return policyOf(this.settings, kind) !== 'ignore';
  }

  add(change: Omit<PayrollChange, 'policy'>): void {
    const { kind } = change;
    const policy = policyOf(this.settings, kind);
    if (policy === 'ignore') return;
    const list = this.byKind.get(kind) ?? [];
    if (list.length === LISTED) {
      this.count(kind, 1);
      return;
    }
    list.push({ ...change, policy });
    this.byKind.set(kind, list);
  }

  /** Counts changes that are not listed. */
  count(kind: ChangeKind, more: number): void {
    if (this.wants(kind)) this.unlisted.set(kind, (this.unlisted.get(kind) ?? 0) + more);
  }

  /** Kind by kind, each in the order of the file. */
  listed(): readonly PayrollChange[] {
    return CHANGE_KINDS.flatMap((kind) => (this.byKind.get(kind) ?? []).toSorted((a, b) => a.line - b.line));
  }
}
