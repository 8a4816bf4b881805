/**
 * What BitPesa asks for, by payout type (docs/providers/bitpesa.md, section 10). `first_name` and `last_name`, or `name` of a business, come on
 * top everywhere. Where the specification ("spec") and the guide of 2025 ask for different things, both lists are kept apart.
 */
export interface PayoutType {
  /** As the API writes it: `NGN::Bank`. */
  readonly type: string;
  readonly kind: 'mobile' | 'bank';
  /** The detail that carries the phone, or the column `bank_account`. */
  readonly account: 'phone_number' | 'bank_account' | 'iban';
  /** The detail that carries the column `bank_code`; null where banks have no code. */
  readonly code: string | null;
  /** Details by the kind of recipient. */
  readonly person: DetailLists;
  readonly business: DetailLists;
  /** Of each list one is enough. */
  readonly eitherOf: readonly (readonly string[])[];
  /** Fields that the configured sender must have, by the kind of sender. */
  readonly sender: readonly string[];
  readonly businessSender: readonly string[];
  readonly senderValues: Readonly<Record<string, readonly string[]>>;
  /** Fields that have few values; of a single one it is filled in. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Where phones may be of. */
  readonly countries: readonly string[];
  /** Longest narration, which carries the narrative; null where the type has none. */
  readonly narrationMax: number | null;
}

/** Details beside the names. */
export interface DetailLists {
  /** By both documents. */
  readonly required: readonly string[];
  readonly spec: readonly string[];
  readonly guide: readonly string[];
  readonly optional: readonly string[];
  /** All of them, and the code. */
  readonly all: ReadonlySet<string>;
}

/** A row of the table below. */
interface TypeRow extends Partial<
  Pick<PayoutType, 'eitherOf' | 'sender' | 'businessSender' | 'senderValues' | 'values' | 'narrationMax'>
> {
  readonly required?: readonly string[];
  readonly spec?: readonly string[];
  readonly guide?: readonly string[];
  readonly optional?: readonly string[];
  /** Asked of persons only; a business may have them too. */
  readonly personRequired?: readonly string[];
  readonly personSpec?: readonly string[];
  /** Taken of persons only. */
  readonly personOptional?: readonly string[];
  readonly businessRequired?: readonly string[];
}

function payoutType(
  shape: Pick<PayoutType, 'type' | 'kind' | 'account' | 'code' | 'countries'>,
  row: TypeRow,
): PayoutType {
  const { account, code } = shape;
  const { personRequired = [], personSpec = [], personOptional = [], businessRequired = [] } = row;
  const { spec = [], guide = [], optional = [], sender = [] } = row;
  const required = [account, ...(row.required ?? [])];
  const listsOf = (lists: Omit<DetailLists, 'guide' | 'all'>): DetailLists => {
    const all = [...lists.required, ...lists.spec, ...guide, ...lists.optional, ...(code === null ? [] : [code])];
    return { ...lists, guide, all: new Set(all) };
  };
  return {
    ...shape,
    person: listsOf({
      required: [...required, ...personRequired],
      spec: [...spec, ...personSpec],
      optional: [...optional, ...personOptional],
    }),
    business: listsOf({
      required: [...required, ...businessRequired],
      spec,
      optional: [...optional, ...personRequired, ...personSpec],
    }),
    eitherOf: row.eitherOf ?? [],
    sender,
    businessSender: row.businessSender ?? sender,
    senderValues: row.senderValues ?? {},
    values: row.values ?? {},
    narrationMax: row.narrationMax ?? null,
  };
}

export function mobile(type: string, countries: readonly string[], row: TypeRow = {}): PayoutType {
  return payoutType({ type, kind: 'mobile', account: 'phone_number', code: null, countries }, row);
}

export function bank(
  type: string,
  account: 'bank_account' | 'iban',
  code: string | null,
  row: TypeRow = {},
): PayoutType {
  return payoutType({ type, kind: 'bank', account, code, countries: [] }, row);
}
