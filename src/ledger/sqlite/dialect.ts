import type { Dialect } from '../sql/dialect.ts';

/** SQLite has one writer at a time, so its rows need no locks. */
export const sqliteDialect: Dialect = {
  index: (name) => `INDEXED BY ${name}`,
  orderedJoin: 'CROSS JOIN',
  rowLock: () => '',
  skipLocked: () => '',
  list: (parameter) => `(SELECT value FROM json_each(${parameter}))`,
  listTable: (parameter, alias) => `json_each(${parameter}) ${alias}`,
  rowTable: (parameter, alias, columns) => {
    const values = Object.keys(columns).map((column, index) => `json_extract(value, '$[${index}]') AS ${column}`);
    return `(SELECT ${values.join(', ')} FROM json_each(${parameter})) ${alias}`;
  },
  bytes: (text) => `unhex(${text})`,
  hexadecimal: (bytes) => `lower(hex(${bytes}))`,
  types: {
    key: 'INTEGER PRIMARY KEY',
    integer: 'INTEGER',
    bytes: 'BLOB',
    table: ' STRICT',
    clusteredTable: ' STRICT, WITHOUT ROWID',
  },
  refuse: ({ trigger, on, table, unless, message }) => {
    const when = unless === undefined ? '' : ` WHEN NOT ${unless}`;
    return `CREATE TRIGGER ${trigger} BEFORE ${on} ON ${table}${when} BEGIN SELECT RAISE(ABORT, '${message}'); END;`;
  },
  least: (a, b) => `min(${a}, ${b})`,
};
