/**
 * Which magic values (docs/simulators.md) have their effect: `all`; `test-numbers`, those that no ordinary recipient has; or `none`.
 */
export type MagicValues = 'all' | 'test-numbers' | 'none';

/** Phones, accounts and wallets that belong to nobody: the last six digits `0000NN`, `+254 712 340 0NN`, and one wallet. */
const TEST_NUMBER = /(?:(?:0000|7123400)\d\d|^acctMISSING)$/;

/** The magic values of one simulator. The level is not constant: the replay of a journal sets what held at the time. */
export class Magic {
  level: MagicValues;

  constructor(level: MagicValues) {
    this.level = level;
  }

  /** Whether a magic phone, account or wallet has its effect. An ordinary recipient must not meet one by chance. */
  countsFor(number: string): boolean {
    return this.level === 'all' || (this.level === 'test-numbers' && TEST_NUMBER.test(number));
  }

  /** Whether a magic amount has its effect: any ordinary payment can have that amount. */
  get countsForAmounts(): boolean {
    return this.level === 'all';
  }
}
