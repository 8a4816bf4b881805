/** A comparison for each value: SQLite builds a table for every evaluation of `IN` with a list, here twice for each payment. */
function isOneOf(column: string, ...values: readonly string[]): string {
  return `(${values.map((value) => `${column} = '${value}'`).join(' OR ')})`;
}

export const STATUS_IS_KNOWN = isOneOf(
  'status',
  ...['planned', 'submitting', 'pending', 'unknown', 'paid', 'failed', 'cancelled', 'returned', 'replaced'],
);

/** `MOVES` of the domain, for the database to enforce too; a test holds both against each other. */
export const MOVE_IS_ALLOWED = `CASE OLD.status
      WHEN 'planned' THEN ${isOneOf('NEW.status', 'submitting', 'cancelled', 'unknown')}
      WHEN 'submitting' THEN ${isOneOf('NEW.status', 'paid', 'pending', 'failed', 'unknown', 'planned', 'cancelled', 'returned')}
      WHEN 'pending' THEN ${isOneOf('NEW.status', 'paid', 'failed', 'cancelled', 'returned', 'unknown')}
      WHEN 'unknown' THEN ${isOneOf('NEW.status', 'paid', 'failed', 'pending', 'cancelled', 'returned', 'submitting')}
      WHEN 'paid' THEN NEW.status = 'returned'
      WHEN 'failed' THEN ${isOneOf('NEW.status', 'paid', 'unknown', 'replaced')}
        OR (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
      WHEN 'cancelled' THEN ${isOneOf('NEW.status', 'paid', 'unknown', 'replaced')}
        OR (NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)
      WHEN 'returned' THEN NEW.status = 'planned' AND NEW.generation = OLD.generation + 1
      WHEN 'replaced' THEN ${isOneOf('NEW.status', 'failed', 'cancelled', 'unknown', 'paid')}
      ELSE FALSE END`;

/** Only a payment that ended without payment, or whose money came back, gets a new reference, and with it a new generation. */
export const REFERENCE_MAY_CHANGE = `(${isOneOf('OLD.status', 'failed', 'cancelled', 'returned')}
      AND NEW.status = 'planned' AND NEW.generation = OLD.generation + 1)`;
