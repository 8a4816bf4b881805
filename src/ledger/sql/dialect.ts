/**
 * What the databases write differently. Every other statement is plain SQL that all of them share; each entry returns a piece of
 * SQL text.
 */
export interface Dialect {
  /** After a table: read it through this index, whatever the planner estimates. Empty where a database takes no such hint. */
  index(name: string): string;
  /** A join whose left side is read first. */
  readonly orderedJoin: string;
  /** After a SELECT inside a transaction: other writers wait for the rows of the table with this alias. */
  rowLock(alias: string): string;
  /** As {@link rowLock}, and rows that another writer has locked are left out. */
  skipLocked(alias: string): string;
  /** For `column IN …`: the values of a JSON list that a parameter holds. */
  list(parameter: string, type: 'text' | 'integer'): string;
  /** For `FROM …`: the texts of a JSON list that a parameter holds, as the column `value`. */
  listTable(parameter: string, alias: string): string;
  /** For `FROM …`: a JSON list of lists that a parameter holds, one row for each, with these columns in their order. */
  rowTable(parameter: string, alias: string, columns: Readonly<Record<string, 'text' | 'integer'>>): string;
  /** Bytes of a hexadecimal text. */
  bytes(text: string): string;
  /** Hexadecimal text, in small letters, of bytes. */
  hexadecimal(bytes: string): string;
  /** Names of the column types, and what ends the definition of a table. */
  readonly types: {
    /** Primary key whose ascending numbers the database hands out. */
    readonly key: string;
    readonly integer: string;
    readonly bytes: string;
    readonly table: string;
    /** A table whose rows stand in the order of its primary key. */
    readonly clusteredTable: string;
  };
  /** A trigger that aborts a change of a row with a message. */
  refuse(refusal: RefusingTrigger): string;
  least(a: string, b: string): string;
}

export interface RefusingTrigger {
  readonly trigger: string;
  readonly on: string;
  readonly table: string;
  /** Condition on `OLD` and `NEW` under which the change is allowed; without one, it never is. */
  readonly unless?: string;
  readonly message: string;
}
